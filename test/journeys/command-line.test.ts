import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlummetProcess, plummet, temporaryFolder } from '../support/process.ts';

const YAML = `
metrics:
  orders: { event: order.placed, kind: write, critical: true }
people: { ana: { email: ana@example.com } }
mail: { smtp: "smtp://127.0.0.1:9", from: plummet@example.com }
`;

const folder = temporaryFolder();
let running: { child: PlummetProcess; url: string };
beforeAll(async () => {
  running = await PlummetProcess.start(folder.path, YAML);
});
afterAll(async () => {
  await running.child.kill();
  folder.remove();
});

test('a second start on the same folder ends with 2 and names the holder', async () => {
  const { code, stderr } = await plummet([
    'start',
    '--config',
    join(folder.path, 'plummet.yaml'),
    '--data',
    join(folder.path, 'data'),
    '--port',
    '0',
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain(String(running.child.pid));
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a port that is taken is told with what to do', async () => {
  const other = temporaryFolder();
  const port = new URL(running.url).port;
  const { code, stderr } = await plummet(['start', '--config', join(folder.path, 'plummet.yaml'), '--data', other.path, '--port', port]);
  other.remove();
  expect(code).toBe(2);
  expect(stderr).toMatch(/taken by another program[\s\S]*--port/);
});

describe('send', () => {
  test('one event from a shell is taken', async () => {
    expect(await plummet(['send', 'order.placed', 'amount=42', 'plan=pro', '--url', running.url])).toMatchObject({ code: 0 });
    const { code, stdout } = await plummet(['send', 'order.placed', '--data', '{"amount":1}', '--json', '--url', running.url]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 1 });
  });

  test('what is no event is told in a sentence', async () => {
    const wrong: [string[], RegExp][] = [
      [['Order Placed'], /no event type/],
      [['order.placed', 'amount'], /field=value/],
      [['order.placed', '--data', '[1]'], /no JSON object/],
    ];
    for (const [args, told] of wrong) {
      const { code, stderr } = await plummet(['send', ...args, '--url', running.url]);
      expect(code).toBe(2);
      expect(stderr).toMatch(told);
    }
  });

  test('nobody at the address is told with what to do', async () => {
    const { code, stderr } = await plummet(['send', 'order.placed', '--url', 'http://127.0.0.1:9']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/does not answer[\s\S]*plummet start/);
  });
});

describe('check', () => {
  const check = async (yaml: string, ...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> => {
    const file = join(folder.path, 'checked.yaml');
    writeFileSync(file, yaml);
    return plummet(['check', '--config', file, ...args]);
  };

  test('a good YAML is good', async () => {
    const { code, stdout } = await check(YAML);
    expect(code).toBe(0);
    expect(stdout).toMatch(/is valid: 1 metric, 1 of them pages, 1 person can be reached/);
  });

  test('a mistake is shown with line, column, caret and a helpful word', async () => {
    const { code, stderr } = await check(YAML.replace('kind: write', 'kind: wrte'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/checked\.yaml:3:\d+[\s\S]*metrics\.orders\.kind[\s\S]*\^\^\^\^[\s\S]*`write`/);
  });

  test('a program reads the same as JSON', async () => {
    const good = await check(YAML, '--json', '--url', running.url);
    expect(JSON.parse(good.stdout)).toMatchObject({ valid: true, metrics: [{ name: 'orders' }] });
    const bad = await check(YAML.replace('orders:', 'orders: x #'), '--json');
    expect(JSON.parse(bad.stdout)).toMatchObject({ valid: false, errors: [{ line: 3 }] });
  });
});

test('a start with a wrong YAML ends with 1 within a second, a public address without a token too', async () => {
  const data = join(folder.path, 'never');
  mkdirSync(data);
  for (const [yaml, told] of [
    [YAML.replace('metrics:', 'metrcs:'), /Did you mean `metrics`/],
    [`${YAML}server: { host: 0.0.0.0 }\n`, /tokens:\s+- \{ name: wall/],
  ] as const) {
    const file = join(folder.path, 'wrong.yaml');
    writeFileSync(file, yaml);
    const { code, stderr } = await plummet(['start', '--config', file, '--data', data, '--port', '0']);
    expect(code).toBe(1);
    expect(stderr).toMatch(told);
  }
});

test('a usage mistake ends with 2 and the nearest right word', async () => {
  const { code, stderr } = await plummet(['chek']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/Did you mean check/);
  expect((await plummet(['start', '--roles', 'ingst'])).code).toBe(2);
  expect((await plummet(['--help'])).code).toBe(0);
});
