/** `plummet doctor` where nothing answers, or nothing is there to be asked. */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { ANSWERS_MS_MAX, DoctorWorld } from '../support/doctor-world.ts';
import { freePort } from '../support/ports.ts';
import { plummet } from '../support/process.ts';

const world = DoctorWorld.without();
const { folder } = world;
afterAll(() => world.stop());

test(
  'nothing there at all is told within seconds, each part by its name, without a stack trace',
  async () => {
    const [broker, server, smtp] = [await freePort(), await freePort(), await freePort()];
    const config = world.yamlOf({
      brokers: [`127.0.0.1:${broker}`, 'no-such-host.invalid:9092'],
      store: `http://127.0.0.1:${server}/plummet`,
      smtp: `smtp://127.0.0.1:${smtp}`,
    });
    const { code, stdout, stderr } = await world.doctor(config);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const said = stdout.replace(/\n {4}(?! )/g, ' ');
    expect(said).toContain(`✗ broker at 127.0.0.1:${broker}: Nothing listens at that address (127.0.0.1:${broker}). Start the broker`);
    expect(said).toMatch(/✗ broker at no-such-host\.invalid:9092: The host cannot be found/);
    expect(said).toMatch(/✗ server: ClickHouse at http:\/\/127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)\. Start it/);
    expect(said).toMatch(/✗ mail server: 127\.0\.0\.1:\d+: connect ECONNREFUSED .* Start it, or correct mail\.smtp/);
    expect(said).not.toMatch(/\n\s+at /);
  },
  ANSWERS_MS_MAX,
);

test(
  'servers that take a connection and say nothing are told within seconds, too',
  async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const parts = { brokers: [`127.0.0.1:${port}`], store: `http://127.0.0.1:${port}`, smtp: `smtp://127.0.0.1:${port}` };
    const { code, of } = await world.findingsIn(world.yamlOf(parts));
    expect(code).toBe(1);
    expect(of('event log')[0]?.says).toMatch(/has not answered for|does not take a connection/);
    expect(of('history')[0]?.says).toMatch(/has not answered for 10 s/);
    expect(of('mail')[0]?.says).toMatch(/Greeting never received/);
  },
  ANSWERS_MS_MAX,
);

test(
  'without servers it looks at the embedded parts, and whether the folder can be written',
  async () => {
    const file = join(folder.path, 'embedded.yaml');
    writeFileSync(file, 'metrics: { searches: { event: search.run, kind: read } }\n');
    const { code, stdout } = await world.doctor(file);
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ engine: chDB loads: ClickHouse \d+\.\d+/);
    expect(stdout).toMatch(/✓ mail server: nobody is named under `people:`/);
    const { code: ended, stdout: said } = await plummet(['doctor', '--config', file, '--data', join(file, 'in-a-file')]);
    expect(ended).toBe(1);
    expect(said).toMatch(/✗ [\s\S]*name another with\s+--data/);
  },
  ANSWERS_MS_MAX,
);

test('a wrong YAML is told with its place, and nothing else is asked', async () => {
  const file = join(folder.path, 'bad.yaml');
  writeFileSync(file, 'metrics: { orders: { event: order.placed, kind: wrte } }\n');
  const { code, stdout, stderr } = await world.doctor(file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/bad\.yaml:1:\d+[\s\S]*`write`[\s\S]*nothing else was looked at/);
  expect(JSON.parse((await world.doctor(file, '--json')).stdout)).toMatchObject({ good: false, parts: [{ findings: [{ is: 'ill' }] }] });
});
