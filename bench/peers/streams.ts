/** Kafka Streams as a peer: CountEvents.java, run from its source by the JDK. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jarsFolder, resolveJars } from '../../test/support/kafka/jars.ts';
import { temporaryFolder } from '../../test/support/process.ts';

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
const SOURCE = fileURLToPath(new URL('./CountEvents.java', import.meta.url));
const GIVE_UP_MS = 300_000;

/** @param events  that the topic holds; @returns events a CPU-second */
export async function streamsCount(brokers: readonly string[], topic: string, events: number): Promise<number> {
  resolveJars({ pom: POM });
  const state = temporaryFolder();
  try {
    const args = ['-Xmx512m', '-cp', join(jarsFolder({ pom: POM }), '*'), SOURCE, brokers.join(','), topic, String(events), state.path];
    const printed = await new Promise<string>((resolve, reject) => {
      execFile('java', args, { timeout: GIVE_UP_MS }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
    });
    return Number(printed.trim().split('\n').at(-1));
  } finally {
    state.remove();
  }
}
