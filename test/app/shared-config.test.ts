import { expect, test } from 'vitest';
import { SharedConfig } from '../../app/shared-config.ts';
import { type Config, loadConfig } from '../../platform/config/load.ts';
import { type Fields, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { topics as topicsOf } from '../../platform/topics/topic.ts';
import { ManualClock } from '../support/clock.ts';
import { memoryLog } from '../support/memory-log.ts';

const yaml = (metric: string, more = ''): string => `metrics: { ${metric}: { event: order.placed, kind: write } }\n${more}`;
const topics = topicsOf();

class Installation {
  readonly clock = new ManualClock();
  readonly log = memoryLog({ clock: this.clock, latencyMs: 4 });
  readonly told: { name: string; fields: Fields }[] = [];

  /** One process and what came into force there: `orders from +1` = a second after now. */
  process(by: string, env: Record<string, string> = {}) {
    const { clock } = this;
    const applied: string[] = [];
    const refused: string[] = [];
    const load = async (text: string, calendars = {}) => loadConfig(text, { file: `${by}.yaml`, env, calendars });
    const shared = new SharedConfig({
      ...{ log: this.log.another(), topics, clock, by, load },
      telemetry: telemetryTo((name, _entry, fields) => this.told.push({ name, fields })),
      apply: async (config, from) => void applied.push(`${names(config)} from +${from - Math.floor(clock.wall() / 1000)}`),
      refuse: (errors) => void refused.push(...errors),
    });
    const begin = async (text: string, savedAt = clock.wall(), calendars = {}): Promise<string> => {
      const { config } = loadConfig(text, { file: `${by}.yaml`, env, calendars });
      return names(await this.pass(shared.begin({ text, config: config as Config, savedAt })));
    };
    const offered = (text: string, calendars = {}): Promise<void> => shared.offer(text, calendars);
    return { begin, applied, refused, offered, offer: (text: string, calendars = {}) => this.pass(offered(text, calendars)) };
  }

  async pass<T>(work: Promise<T>, ms = 100): Promise<T> {
    let over = false;
    work.then(
      () => {
        over = true;
      },
      () => {
        over = true;
      },
    );
    do await this.clock.advance(ms);
    while (!over);
    return work;
  }
}

const names = ({ metrics }: Config): string => metrics.map(({ name }) => name).join(' ');

test('an edit on one machine holds on every machine from the same second on, one to two seconds later', async () => {
  const world = new Installation();
  const [a, b] = [world.process('a-1'), world.process('b-1')];
  expect([await a.begin(yaml('orders')), await b.begin(yaml('orders'))]).toEqual(['orders', 'orders']);
  await world.clock.advance(2000);
  await a.offer(yaml('sales'));
  await world.clock.advance(200);
  expect(a.applied).toEqual(['sales from +1']);
  expect(b.applied).toEqual(a.applied);
});

test('the same edit on both machines is one', async () => {
  const world = new Installation();
  const [a, b] = [world.process('a-1'), world.process('b-1')];
  await a.begin(yaml('orders'));
  await b.begin(yaml('orders'));
  await a.offer(yaml('sales'));
  await b.offer(yaml('sales'));
  await world.clock.advance(3000);
  expect([a.applied, b.applied]).toEqual([['sales from +1'], ['sales from +1']]);
  expect(await world.log.ends(topics.config)).toEqual(new Map([[0, 2]]));
});

test('who starts with a YAML that was edited meanwhile brings it into force everywhere', async () => {
  const world = new Installation();
  const a = world.process('a-1');
  await a.begin(yaml('orders'));
  expect(await world.process('b-1').begin(yaml('sales'))).toBe('sales');
  await world.clock.advance(1000);
  expect(a.applied).toEqual(['sales from +1']);
});

test('who starts with a YAML that others have replaced takes theirs and says so; written again since, it is the newer one', async () => {
  const world = new Installation();
  const a = world.process('a-1');
  const old = world.clock.wall();
  await a.begin(yaml('orders'));
  await world.clock.advance(1000);
  await a.offer(yaml('sales'));
  await world.clock.advance(5000);
  expect(await world.process('b-1').begin(yaml('orders'), old)).toBe('sales');
  expect(world.told.filter(({ name }) => name === 'configShared').at(-1)?.fields).toMatchObject({
    outcome: 'own file is older',
    by: 'a-1',
  });
  expect(await world.process('b-2').begin(yaml('orders'), world.clock.wall())).toBe('orders');
  await world.clock.advance(1000);
  expect(a.applied.at(-1)).toBe('orders from +1');
});

test('what cannot be loaded here is refused in words, and the last good one stays', async () => {
  const world = new Installation();
  const [a, b] = [world.process('a-1', { SMTP: 'smtp://127.0.0.1:25' }), world.process('b-1')];
  await a.begin(yaml('orders'));
  await b.begin(yaml('orders'));
  await a.offer(yaml('sales', 'mail: { smtp: "${SMTP}", from: plummet@shop.example }'));
  await world.clock.advance(1000);
  expect(a.applied).toHaveLength(1);
  expect(b.applied).toEqual([]);
  expect(b.refused.join()).toContain('SMTP');
  const [secret] = world.log.records(topics.config, 0).filter(({ value }) => value.includes('127.0.0.1'));
  expect(secret).toBeUndefined();
});

test('an event log that takes nothing delays an edit and does not lose it; of two only the newer one comes', async () => {
  const world = new Installation();
  const a = world.process('a-1');
  await a.begin(yaml('orders'));
  await world.clock.advance(1000);
  world.log.failAppends(topics.config, Number.POSITIVE_INFINITY);
  const [first, second] = [a.offered(yaml('sales')), a.offered(yaml('takings'))];
  await world.clock.advance(5000);
  expect(a.applied).toEqual([]);
  world.log.failAppends(topics.config, 0);
  await world.pass(Promise.all([first, second]));
  await world.clock.advance(500);
  expect(a.applied).toEqual(['takings from +1']);
});

test('a record of a newer program is refused in words, and passed over', async () => {
  const world = new Installation();
  const a = world.process('a-1');
  await a.begin(yaml('orders'));
  await world.pass(world.log.append(topics.config, [{ key: 'yaml', value: '{"v":9}', partition: 0 }]));
  expect(a.refused).toEqual(['A configuration that came by the event log has version 9; this program reads 1: update it.']);
  await a.offer(yaml('sales'));
  await world.clock.advance(500);
  expect(a.applied).toEqual(['sales from +1']);
});

const ICS = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'DTSTART:20260601T100000Z', 'DURATION:PT1H', 'END:VEVENT', 'END:VCALENDAR', ''].join(
  '\r\n',
);

test('calendars travel with the YAML that names them, and one that was edited is an edit of it', async () => {
  const world = new Installation();
  const [a, b] = [world.process('a-1'), world.process('b-1')];
  await a.begin(yaml('orders'));
  await b.begin(yaml('orders'));
  await world.clock.advance(2000);
  const planned = yaml('orders').replace('kind: write', 'kind: write, closed: { calendar: nowhere-but-here.ics }');
  await a.offer(planned, { 'nowhere-but-here.ics': ICS });
  await world.clock.advance(2000);
  expect([a.refused, b.refused]).toEqual([[], []]);
  expect(b.applied).toHaveLength(1);
  await a.offer(planned, { 'nowhere-but-here.ics': ICS.replace('PT1H', 'PT2H') });
  await world.clock.advance(2000);
  expect(b.applied).toHaveLength(2);
});
