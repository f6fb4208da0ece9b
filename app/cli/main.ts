#!/usr/bin/env node
/** The command line's door: which commands there are. Each is a file of its own. */
import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { backtestCommand } from './backtest.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { importCommand } from './import.ts';
import { endWithReader, terminalOutput, UserError } from './output.ts';
import { sendCommand } from './send.ts';
import { startCommand } from './start.ts';
import { testCommand } from './test.ts';
import { tuneCommand } from './tune.ts';

const EXAMPLES = `
Examples:
  plummet demo                                   everything on this machine, with a shop to break
  plummet check                                  is plummet.yaml right, and how fast can each metric be sure?
  plummet doctor                                 is every part reachable and well set, and what mends what is not?
  plummet start --config plummet.yaml            the service
  plummet send order.placed amount=42            one event from a shell
  plummet backtest --csv orders.csv              what would have paged?
  plummet backtest --candidate new.yaml          which pages would a change of the YAML add, or lose?
  plummet explain orders 14:03:08                why did it page, or why not?
  plummet tune --metric orders                   which threshold gives which pages and which delay?
  plummet import --metric orders --csv orders.csv         make it history, so that a new metric is warm at once
  plummet test plummet-test.yaml                 does the rule page when it must, and only then? for CI

Exit codes: 0 good, 1 the check failed, 2 usage or a data folder that another Plummet holds.`;

endWithReader();
const output = terminalOutput();
const program = new Command('plummet')
  .description('Wakes a person only when the heart of a business stops.')
  .version(version)
  .showSuggestionAfterError()
  .addHelpText('after', EXAMPLES)
  .exitOverride();

for (const command of [
  startCommand(output),
  demoCommand(output),
  checkCommand(output),
  doctorCommand(output),
  sendCommand(output),
  backtestCommand(output),
  explainCommand(output),
  tuneCommand(output),
  importCommand(output),
  testCommand(output),
]) {
  program.addCommand(command.exitOverride());
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError) {
    output.talk(`${output.mark.bad} ${error.message}`);
    if (error.hint) output.talk(`  ${error.hint}`);
    return error.exit;
  }
  throw error;
}
