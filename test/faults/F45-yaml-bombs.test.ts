import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HelloFrame, SecondFrame } from '../../dashboards/live-frames.ts';
import { LiveStream } from '../support/live-stream.ts';
import { eventually, PlummetProcess, plummet, temporaryFolder } from '../support/process.ts';

/** Five times the promise of one second for a check, and of two for an edit; what is given up takes six before. */
const CHECKED_WITHIN_MS = 5000;
const REFUSED_WITHIN_MS = 16_000;
const GIVEN_UP_WITHIN_MS = 6000 + CHECKED_WITHIN_MS;

const YAML = `
metrics:
  orders: { event: order.placed, kind: write }
`;
const laughs = ['a: &a [x, x, x, x, x, x, x, x, x]'];
for (let i = 1; i < 10; i++) {
  const [name, before] = [i, i - 1].map((at) => String.fromCharCode(97 + at));
  laughs.push(`${name}: &${name} [${`*${before}, `.repeat(8)}*${before}]`);
}

const BOMBS: [what: string, yaml: string][] = [
  ['a billion laughs', `${YAML}${laughs.join('\n')}\n`],
  ['a merge of itself', `${YAML}x: &x { y: *x, <<: *x }\n`],
  ['brackets without end', `${YAML}x: ${'['.repeat(100_000)}\n`],
  ['blocks without end', `${YAML}${Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}x:`).join('\n')}\n`],
  ['lists in lists on one line', `x: 1\n${'- '.repeat(300_000)}x\n`],
  ['keys in keys on one line', `x: 1\n${'? '.repeat(300_000)}x\n`],
  ['keys in keys on many lines', `x: 1\n${`${'? '.repeat(1990)}x\n`.repeat(20)}`],
  ['nothing but quotes', `${YAML}${`${'"'.repeat(2000)}\n`.repeat(400)}`],
  ['ten megabytes', `${YAML}# ${'x'.repeat(10_000_000)}\n`],
  [
    'half a megabyte of metrics',
    `metrics:\n${Array.from({ length: 8000 }, (_, i) => `  m${i}: { event: order.placed, kind: wrte }`).join('\n')}\n`,
  ],
  ['one key ten thousand times', `${YAML}${'  orders: { event: order.placed, kind: write }\n'.repeat(10_000)}`],
  ['bytes that are no text', `${YAML}x: "\u0000\u0001\ud800"\n`],
];
/** Would take a minute, and more memory the further it comes: it is given up for the one or, on a fast machine, for the other. */
const ENDLESS: [what: string, yaml: string] = ['nothing but colons', `${YAML}${`${': '.repeat(1000)}\n`.repeat(400)}`];

const folder = temporaryFolder();
const file = join(folder.path, 'plummet.yaml');
let child: PlummetProcess;
let stream: LiveStream;
beforeAll(async () => {
  const { child: started, url } = await PlummetProcess.start(folder.path, YAML);
  child = started;
  stream = new LiveStream(url);
  await decidedAfter(0);
});
afterAll(async () => {
  stream?.close();
  await child?.kill();
  folder.remove();
});

const seconds = (): number[] => stream.frames<SecondFrame>('second').map(({ second }) => second);
const errors = (): readonly string[] => stream.frames<HelloFrame>('hello').at(-1)?.configErrors ?? [];
function decidedAfter(second: number): Promise<number> {
  return eventually('a decided second', REFUSED_WITHIN_MS, async () => seconds().find((one) => one > second));
}

test('each is refused while it runs, and every second is decided on all the while', async () => {
  const from = await decidedAfter(0);
  for (const [what, yaml] of [...BOMBS, ENDLESS]) {
    const heard = stream.frames('hello').length;
    writeFileSync(file, yaml);
    await eventually(`the refusal of ${what}`, REFUSED_WITHIN_MS, async () => stream.frames('hello').length > heard);
    expect(errors(), what).not.toEqual([]);
  }
  writeFileSync(file, YAML);
  await eventually('all well again', REFUSED_WITHIN_MS, async () => errors().length === 0);
  const to = await decidedAfter((seconds().at(-1) ?? 0) + 1);
  const decided = new Set(seconds());
  expect(Array.from({ length: to - from }, (_, i) => from + i).filter((second) => !decided.has(second))).toEqual([]);
  const states = stream.frames<SecondFrame>('second').flatMap(({ metrics }) => metrics.map(([, , , , , , , state]) => state));
  expect(states.filter((state) => state === 'blind')).toEqual([]);
}, 180_000);

test.each(BOMBS)('%s is told by check with its line, soon', async (what, yaml) => {
  const other = join(folder.path, 'other.yaml');
  writeFileSync(other, yaml);
  const checked = plummet(['check', '--config', other]);
  const ended = await Promise.race([checked, pause(CHECKED_WITHIN_MS).then(() => null)]);
  expect(ended, what).toMatchObject({ code: 1 });
  expect(ended?.stderr).toMatch(/other\.yaml:\d+:\d+/);
  expect(ended?.stderr).not.toMatch(/\n\s+at /);
});

test.each([
  ['check', []],
  ['start', ['--port', '0', '--data', join(folder.path, 'never')]],
])(
  'what would take a minute is given up by %s, with a sentence',
  async (command, more) => {
    const other = join(folder.path, 'endless.yaml');
    writeFileSync(other, ENDLESS[1]);
    const child = new PlummetProcess([command, '--config', other, ...more]);
    const ended = await Promise.race([child.ended, pause(GIVEN_UP_WITHIN_MS).then(() => null)]);
    if (!ended) await child.kill('SIGKILL');
    expect(ended).toMatchObject({ code: 1 });
    expect(ended?.stderr.replace(/\s+/g, ' ')).toMatch(
      /endless\.yaml:1:1 takes (longer than 6 s|more than 512 MB of memory) to read: no configuration does/,
    );
    expect(ended?.stderr).not.toMatch(/\n\s+at /);
  },
  3 * GIVEN_UP_WITHIN_MS,
);
