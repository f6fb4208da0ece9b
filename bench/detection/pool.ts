/** Rows on all cores, in chunks; the result of a row depends on its seed and size alone, not on who ran what. */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { JUDGEMENT } from './judgement.ts';
import { judge, merge, type Scenario, type Seen, type Verdict } from './scenario.ts';
import type { Chunk } from './worker.ts';

export interface Asked {
  readonly form: 'short' | 'long';
  readonly seed: number;
  readonly wants: (scenario: Scenario) => boolean;
  /** Called as each row is done. */
  readonly onVerdict: (verdict: Verdict) => void;
  readonly workers?: number;
}

export function chunksOf(row: number, { part, what, seeds, size }: Scenario, form: 'short' | 'long', seed: number): Chunk[] {
  const chunks: Chunk[] = [];
  const own = hash(seeds ?? `${part} ${what}`);
  for (let done = 0; done < size[form]; done += size.chunk)
    chunks.push({ row, size: Math.min(size.chunk, size[form] - done), seed: hash(`${seed} ${own} ${chunks.length}`) });
  return chunks;
}

/** FNV-1a: a row keeps its seeds when rows are added around it. */
function hash(text: string): number {
  let sum = 0x811c9dc5;
  for (const letter of text) sum = Math.imul(sum ^ (letter.codePointAt(0) as number), 0x01000193) >>> 0;
  return sum;
}

/** One row in this process. */
export function judgeHere(scenario: Scenario, form: 'short' | 'long', seed: number): Verdict {
  const seen = chunksOf(0, scenario, form, seed).map((chunk) => scenario.run(chunk.size, chunk.seed));
  return judge(scenario, seen.reduce(merge));
}

export async function judgeAll({ form, seed, wants, onVerdict, workers = availableParallelism() }: Asked): Promise<Verdict[]> {
  const queue = JUDGEMENT.flatMap((scenario, row) => (wants(scenario) ? chunksOf(row, scenario, form, seed) : []));
  const left = new Map<number, number>();
  for (const { row } of queue) left.set(row, (left.get(row) ?? 0) + 1);
  const seen = new Map<number, Seen>();
  const verdicts = new Map<number, Verdict>();
  const take = ({ row, seen: more }: { row: number; seen: Seen }): void => {
    const before = seen.get(row);
    seen.set(row, before ? merge(before, more) : more);
    left.set(row, (left.get(row) as number) - 1);
    if (left.get(row) !== 0) return;
    const verdict = judge(JUDGEMENT[row] as Scenario, seen.get(row) as Seen);
    verdicts.set(row, verdict);
    onVerdict(verdict);
  };
  await Promise.all(Array.from({ length: workers }, () => work(queue, take)));
  return [...verdicts].sort(([a], [b]) => a - b).map(([, verdict]) => verdict);
}

function work(queue: Chunk[], take: (done: { row: number; seen: Seen }) => void): Promise<void> {
  const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)));
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const chunk = queue.shift();
      if (chunk) worker.send(chunk);
      else worker.disconnect();
    };
    worker.on('message', (done: { row: number; seen: Seen }) => {
      take(done);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker of the judgement ended with ${code}`))));
    next();
  });
}
