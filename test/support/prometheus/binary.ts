/**
 * Prometheus and its promtool: those of this machine, or Debian's, unpacked once into the user's cache folder. They are not installed,
 * because an installed one starts as a service.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Program = 'prometheus' | 'promtool';

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const isOnPath = (): boolean => has('prometheus') && has('promtool');

function folder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'plummet', 'prometheus');
}

export function fileOf(program: Program): string {
  return isOnPath() ? program : join(folder(), 'usr', 'bin', program);
}

/** Fetches them where they are not there yet; several test runs may do so at once. */
export function resolvePrometheus(): void {
  if (isOnPath() || existsSync(folder())) return;
  mkdirSync(join(folder(), '..'), { recursive: true });
  const whole = mkdtempSync(`${folder()}-`);
  try {
    fetchInto(whole);
    const [file] = readdirSync(whole).filter((name) => name.endsWith('.deb'));
    execFileSync('dpkg-deb', ['-x', join(whole, file as string), whole]);
    renameSync(whole, folder());
  } catch (error) {
    rmSync(whole, { recursive: true, force: true });
    if (existsSync(folder())) return;
    const advice = 'Install them (Debian: sudo apt-get install -y prometheus), so that `prometheus` and `promtool` are found.';
    throw new Error(`Prometheus, which answers range queries, could not be fetched. ${advice}`, { cause: error });
  }
}

/** Lists of packages may be old, or not there at all. */
function fetchInto(cwd: string): void {
  const download = () => execFileSync('apt-get', ['download', '-q', 'prometheus'], { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    download();
  } catch {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
    download();
  }
}
