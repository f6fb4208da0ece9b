/** The terminal that Plummet runs in: one calm line for each page, acknowledgement and end. */
import type { Notifier } from './notifier.ts';

export const CONSOLE = 'console';

/** Stands in the journal where other messages have a person; no name in the YAML can contain a space. */
export const THIS_TERMINAL = 'this terminal';

/** @param write  takes one line, without its end */
export function consoleNotifier(write: (line: string) => void): Notifier {
  return {
    channel: CONSOLE,
    async send({ facts }) {
      try {
        write(`${facts.banner.time}  ${facts.line}`);
        return { kind: 'sent', detail: 'written' };
      } catch (error) {
        return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), again: true };
      }
    },
  };
}
