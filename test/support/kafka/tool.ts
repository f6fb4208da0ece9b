/** Kafka's own command-line tools, from the same jars as its broker. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { jarsFolder } from './jars.ts';

/** @param main  the tool's class; @returns what it printed; rejects where it fails */
export function kafkaTool(main: string, args: readonly string[], input = ''): Promise<string> {
  const java = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-cp', join(jarsFolder(), '*'), main, ...args];
  return new Promise((resolve, reject) => {
    const child = execFile('java', java, { maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
    child.stdin?.end(input);
  });
}
