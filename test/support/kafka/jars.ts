/** Apache Kafka's jars, resolved once by Maven into the user's cache folder, outside the project. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const POM = fileURLToPath(new URL('./pom.xml', import.meta.url));
/** A cold Maven fetches about 54 MB. */
const RESOLVE_MS_MAX = 300_000;

interface Jars {
  readonly pom?: string;
  /** Of Kafka, in place of the pom's. */
  readonly version?: string | undefined;
}

/** Another version in the pom is another folder. */
export function jarsFolder({ pom = POM, version }: Jars = {}): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const contents = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  return join(cache, 'plummet', ['kafka', contents, ...(version === undefined ? [] : [version])].join('-'));
}

/** Fetches the jars where they are not there yet; several test runs may do so at once. */
export function resolveJars({ pom = POM, version }: Jars = {}): void {
  const folder = jarsFolder({ pom, version });
  if (existsSync(folder)) return;
  mkdirSync(join(folder, '..'), { recursive: true });
  const whole = mkdtempSync(`${folder}-`);
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${whole}`];
    if (version !== undefined) goal.push(`-Dkafka.version=${version}`);
    execFileSync('mvn', ['-q', '-B', '-f', pom, ...goal], { stdio: ['ignore', 'inherit', 'inherit'], timeout: RESOLVE_MS_MAX });
    renameSync(whole, folder);
  } catch (error) {
    rmSync(whole, { recursive: true, force: true });
    if (existsSync(folder)) return;
    const advice = 'Give this machine a way to Maven Central, or set PLUMMET_TEST_KAFKA to the brokers of a Kafka that may be written to.';
    throw new Error(`Apache Kafka's jars could not be fetched. ${advice}`, { cause: error });
  }
}
