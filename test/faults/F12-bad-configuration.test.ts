import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HelloFrame, MetricNow, SecondFrame } from '../../dashboards/live-frames.ts';
import { teach } from '../support/learned.ts';
import { LiveStream } from '../support/live-stream.ts';
import { prng } from '../support/prng.ts';
import { eventually, PlummetProcess, plummet, temporaryFolder } from '../support/process.ts';
import { RawProducer } from '../support/raw-producer.ts';

/** Five times the promise of two seconds. */
const IN_FORCE_WITHIN_MS = 10_000;

const YAML = `metrics:
  orders: { event: order.placed, kind: write, critical: true, page_when: { drop: 40% } }
people: { ana: { email: ana@example.com } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@example.com }
`;

const random = prng(12);
const folder = temporaryFolder();
const data = join(folder.path, 'data');
const file = join(folder.path, 'plummet.yaml');
let child: PlummetProcess;
let url = '';
let producer: RawProducer;
let stream: LiveStream;
beforeAll(async () => {
  mkdirSync(data);
  await teach({ data, yaml: YAML, rates: { orders: 50 }, random });
  ({ child, url } = await PlummetProcess.start(folder.path, YAML));
  producer = new RawProducer({ url, name: 'shop', random, rates: { 'order.placed': 50, 'user.registered': 20 } });
  stream = new LiveStream(url);
  await judged(0);
});
afterAll(async () => {
  stream?.close();
  await producer?.kill();
  await child?.kill();
  folder.remove();
});

/** `orders` was judged by a warm detector in a second after this one. */
function judged(after: number): Promise<SecondFrame> {
  return eventually('a second that was judged', 15_000, async () => {
    return stream.frames<SecondFrame>('second').find(({ second, metrics }) => second > after && metrics.some((m) => isJudged(m)));
  });
}
const isJudged = ([name, , , , , , , state]: SecondFrame['metrics'][number]): boolean => name === 'orders' && state === 'normal';

const metrics = async (): Promise<MetricNow[]> => (await (await fetch(`${url}/api/metrics`)).json()) as MetricNow[];
const newestHello = (): HelloFrame | undefined => stream.frames<HelloFrame>('hello').at(-1);
const newestSecond = (): number => stream.frames<SecondFrame>('second').at(-1)?.second ?? 0;

const mistakes: [what: string, yaml: string, line: number, told: RegExp][] = [
  ['a wrong word', YAML.replace('kind: write', 'kind: wrte'), 2, /metrics\.orders\.kind[\s\S]*write/],
  ['an unknown key', `${YAML}poeple: {}\n`, 5, /people/],
  ['no YAML at all', `${YAML}metrics: [\n`, 6, /no YAML/],
  ['an empty file', '', 1, /`metrics:`/],
];

describe('a bad edit while it runs', () => {
  test.each(mistakes)('%s is refused with its line, and the old one serves on', async (_what, yaml, line, told) => {
    const heard = child.stderr.length;
    const from = newestSecond();
    writeFileSync(file, yaml);
    const hello = await eventually('the refusal on the dashboard', IN_FORCE_WITHIN_MS, async () => {
      const newest = newestHello();
      return newest?.configErrors.some((error) => told.test(error)) && newest;
    });
    expect(hello.metrics.map(({ name }) => name)).toEqual(['orders']);
    const said = await eventually('the line on stderr', IN_FORCE_WITHIN_MS, async () => {
      const text = child.stderr.slice(heard);
      return /stays as it was/.test(text) && text;
    });
    expect(said).toMatch(new RegExp(`plummet\\.yaml:${line}:\\d+`));
    expect(said).toMatch(told);
    expect(said).not.toMatch(/\n\s+at /);
    await judged(from + 1);
    expect((await metrics()).map(({ name }) => name)).toEqual(['orders']);

    writeFileSync(file, YAML);
    await eventually('all well again', IN_FORCE_WITHIN_MS, async () => newestHello()?.configErrors.length === 0);
  });

  test('a file that is gone for a while changes nothing', async () => {
    rmSync(file);
    await judged(newestSecond() + 2);
    expect(newestHello()).toMatchObject({ configErrors: [], metrics: [{ name: 'orders' }] });
    writeFileSync(file, YAML.replace('40%', '41%'));
    await eventually('the edit', IN_FORCE_WITHIN_MS, async () => /41%/.test(newestHello()?.metrics[0]?.rule ?? ''));
  });
});

describe('a good edit while it runs', () => {
  test('another threshold is in force at once and keeps the window', async () => {
    const from = newestSecond();
    writeFileSync(file, YAML.replace('40%', '55%'));
    await eventually('the new rule', IN_FORCE_WITHIN_MS, async () => /55%/.test(newestHello()?.metrics[0]?.rule ?? ''));
    await judged(newestSecond() + 2);
    const since = stream.frames<SecondFrame>('second').filter(({ second }) => second > from);
    const states = new Set(since.flatMap((frame) => frame.metrics.map(([name, , , , , , , state]) => `${name} ${state}`)));
    expect([...states]).toEqual(['orders normal']);
  });

  test('how far off a clock may be is in force at once and keeps the window', async () => {
    const said = async (name: string): Promise<number> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
    };
    const ahead = new RawProducer({ url, name: 'ahead', random, rates: {}, clockAheadMs: 2000 });
    try {
      await eventually('an app whose clock is ahead', IN_FORCE_WITHIN_MS, async () => (await said('plummet_clock_skew_seconds')) < -1.5);
      expect(await said('plummet_clock_skew_flagged_total')).toBe(0);
      const from = newestSecond();
      writeFileSync(file, `${YAML}max_clock_skew: 1s\n`);
      await eventually('the far clock told', IN_FORCE_WITHIN_MS, async () => (await said('plummet_clock_skew_flagged_total')) === 1);
      expect(child.stderr).toMatch(/ahead#[^\n]*clock is far off/);
      await judged(newestSecond() + 2);
      const since = stream.frames<SecondFrame>('second').filter(({ second }) => second > from);
      expect(since.flatMap((frame) => frame.metrics.map(([, , , , , , , state]) => state))).not.toContain('warming');
    } finally {
      await ahead.kill();
    }
  });

  test('a new metric is counted and drawn within seconds, and the others go on without a gap', async () => {
    const from = newestSecond();
    writeFileSync(file, YAML.replace('people:', '  signups: { event: user.registered, kind: write }\npeople:'));
    const signups = await eventually('the new metric', IN_FORCE_WITHIN_MS, async () => {
      const found = (await metrics()).find(({ name }) => name === 'signups');
      return found?.state === 'warming' && (found.rate ?? 0) > 0 && found;
    });
    expect(signups).toMatchObject({ event: 'user.registered', critical: false });
    const { second: to } = await judged(newestSecond() + 2);
    const orders = stream
      .frames<SecondFrame>('second')
      .filter(({ second, metrics: each }) => second > from && second <= to && each.some(isJudged));
    expect([...new Set(orders.map(({ second }) => second))]).toEqual(Array.from({ length: to - from }, (_, i) => from + 1 + i));
  });
});

test('whatever is edited, and however often, every second is judged and nothing is taken for a fall', async () => {
  const good = [
    YAML.replace('40%', '70%'),
    YAML.replace('{ drop: 40% }', '{ drop: 40%, derivative: -6, for: 6s }'),
    YAML.replace('{ drop: 40% }', '{ within: 20s }'),
    YAML.replace('people:', '  signups: { event: user.registered, kind: write }\npeople:'),
    YAML.replace('people:', '  big: { event: order.placed, where: { size: [l, xl] }, kind: write }\npeople:'),
    `${YAML}timezone: Europe/Berlin\noperators: [ana]\nretention: { rates: 30d }\n`,
    `${YAML}server: { public_url: "https://plummet.example.com" }\n`,
    YAML.replace('ana:', 'bo:'),
  ];
  const { second: from } = await judged(newestSecond());
  for (let edit = 0; edit < 12; edit++) {
    const text = random() < 0.3 ? mistakes[Math.floor(random() * mistakes.length)]?.[1] : good[Math.floor(random() * good.length)];
    writeFileSync(file, text ?? YAML);
    await new Promise((resolve) => setTimeout(resolve, 100 + 900 * random()));
  }
  writeFileSync(file, YAML);
  await eventually(
    'the last edit',
    IN_FORCE_WITHIN_MS,
    async () => newestHello()?.configErrors.length === 0 && newestHello()?.warnings.length === 0,
  );
  const { second: to } = await judged(newestSecond() + 2);
  const seconds = stream.frames<SecondFrame>('second').filter(({ second }) => second > from && second <= to);
  expect(new Set(seconds.filter((frame) => frame.metrics.some(isJudged)).map(({ second }) => second)).size).toBe(to - from);
  expect(child.stderr).not.toMatch(/wakes|Sev-1/);
}, 60_000);

test('an edit that waits for a start is told once on the wall and in a line, until it is taken back', async () => {
  const note = /server\.public_url was edited and waits for the next start/;
  const heard = child.stderr.length;
  writeFileSync(file, `${YAML}server: { public_url: "https://plummet.example.com" }\n`);
  await eventually('the note', IN_FORCE_WITHIN_MS, async () => note.test(newestHello()?.warnings.join() ?? ''));
  writeFileSync(file, `${YAML.replace('40%', '42%')}server: { public_url: "https://plummet.example.com" }\n`);
  await eventually('another edit', IN_FORCE_WITHIN_MS, async () => /42%/.test(newestHello()?.metrics[0]?.rule ?? ''));
  expect(child.stderr.slice(heard).match(new RegExp(note, 'g'))).toHaveLength(1);
  writeFileSync(file, YAML);
  await eventually('all in force', IN_FORCE_WITHIN_MS, async () => newestHello()?.warnings.length === 0);
});

test('write keys and tokens that were edited are asked for at once', async () => {
  const send = async (key: string): Promise<number> => {
    const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
    return (await fetch(`${url}/v1/events`, { method: 'POST', headers, body: '{"type":"user.registered"}' })).status;
  };
  const looks = async (token: string): Promise<number> =>
    (await fetch(`${url}/api/metrics`, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;
  const [key, token] = ['a-key-of-the-shop-itself', 'a-token-of-the-wall-itself'];
  expect([await send(''), await looks('')]).toEqual([202, 200]);
  const keys = `keys: [{ name: shop, key: ${key}, types: [user.registered] }]`;
  writeFileSync(file, `${YAML}${keys}\nserver: { tokens: [{ name: wall, role: viewer, token: ${token} }] }\n`);
  await eventually('the key asked for', IN_FORCE_WITHIN_MS, async () => (await send('')) === 401);
  expect([await send(key), await looks(''), await looks(token)]).toEqual([202, 401, 200]);
  writeFileSync(file, YAML);
  await eventually('nobody asked', IN_FORCE_WITHIN_MS, async () => (await looks('')) === 200 && (await send('')) === 202);
});

test('a secret in a file of its own that was changed is read anew at SIGHUP', async () => {
  const looks = async (token: string): Promise<number> =>
    (await fetch(`${url}/api/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
  const secret = join(folder.path, 'token');
  writeFileSync(secret, 'the-first-token-of-all\n');
  writeFileSync(file, `${YAML}server: { tokens: [{ name: wall, role: viewer, token: "file:token" }] }\n`);
  await eventually('tokens asked for', IN_FORCE_WITHIN_MS, async () => (await looks('the-second-token-of-all')) === 401);
  expect(await looks('the-first-token-of-all')).toBe(200);
  writeFileSync(secret, 'the-second-token-of-all\n');
  void child.kill('SIGHUP');
  await eventually('the second token', IN_FORCE_WITHIN_MS, async () => (await looks('the-second-token-of-all')) === 200);
  expect(await looks('the-first-token-of-all')).toBe(401);
  writeFileSync(file, YAML);
  await eventually('nobody asked', IN_FORCE_WITHIN_MS, async () => (await looks('')) === 200);
});

test.each(mistakes)('a start with %s ends with 1 and says where', async (_what, yaml, line, told) => {
  const other = join(folder.path, 'other.yaml');
  writeFileSync(other, yaml);
  const { code, stderr } = await plummet(['start', '--config', other, '--data', join(folder.path, 'never'), '--port', '0']);
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`other\\.yaml:${line}:\\d+`));
  expect(stderr).toMatch(told);
});
