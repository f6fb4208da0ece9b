/** Before any test: the real parts that do not come from npm. Installed where we are root, else named with the one command. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resolveJars } from './kafka/jars.ts';
import { resolvePrometheus } from './prometheus/binary.ts';
import { ROOT } from './sources.ts';

interface PartOfMachine {
  readonly command: string;
  readonly debianPackage: string;
  readonly why: string;
}

const PARTS: readonly PartOfMachine[] = [
  { command: 'strace', debianPackage: 'strace', why: 'makes system calls of the event log fail and hang' },
  { command: 'prlimit', debianPackage: 'util-linux', why: 'limits the size of files' },
  { command: 'python3', debianPackage: 'python3', why: 'runs a ClickHouse server out of the chdb package' },
  { command: 'java', debianPackage: 'default-jre-headless', why: 'runs Apache Kafka, version 17 or newer' },
  { command: 'mvn', debianPackage: 'maven', why: "fetches Apache Kafka's jars" },
];

const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

export function setup(): void {
  if (!existsSync(join(ROOT, 'dist/app/cli/main.js')) || !existsSync(join(ROOT, 'dashboards/web/dist/index.html'))) {
    throw new Error('Plummet is not built: `npm test` builds it first, or run `npm run build`.');
  }
  installMissing();
  resolveJars();
  resolvePrometheus();
}

function installMissing(): void {
  if (process.platform !== 'linux') return;
  const missing = PARTS.filter(({ command }) => !has(command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(({ debianPackage }) => debianPackage))];
  const command = `apt-get install -y ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || !has('apt-get')) {
    const why = missing.map((part) => `${part.command} (${part.why})`).join(', ');
    throw new Error(`These are missing: ${why}. Install them with: sudo ${command}`);
  }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit' });
  execFileSync('apt-get', ['install', '-y', '-q', ...packages], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
}
