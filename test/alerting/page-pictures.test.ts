import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startDecide } from '../../alerting/decide.ts';
import { linksTo, oneSecret } from '../../alerting/delivery/links.ts';
import { type Drawer, Pictures } from '../../alerting/delivery/pictures.ts';
import { LastSeconds } from '../../alerting/incident/last-seconds.ts';
import { emailNotifier } from '../../alerting/notify/email/email.ts';
import { startPage } from '../../alerting/page.ts';
import { rasterizeFall } from '../../platform/charts/png.ts';
import { type Fields, type Telemetry, telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { decodeJournal, journalRecord } from '../../platform/topics/incidents.ts';
import { signalsRecord } from '../../platform/topics/signals.ts';
import { topics } from '../../platform/topics/topic.ts';
import { type Clock, systemClock } from '../../platform/units/clock.ts';
import { countOf, pixelsOf } from '../platform/charts/pixels.ts';
import { ORDERS, PAYMENTS } from '../support/alerting-world.ts';
import { fall, signal, signals } from '../support/fall.ts';
import { type Caught, Mailbox } from '../support/mailbox.ts';
import { type MemoryLog, memoryLog } from '../support/memory-log.ts';

const all = topics();
const REAL: Drawer = { warm: () => undefined, draw: (scene) => rasterizeFall(scene, PATIENT) };
/** On a busy machine the first picture may take seconds; here it is waited for. */
const PATIENT: Clock = { ...systemClock, after: (ms, run) => systemClock.after(40 * ms, run) };
/** The bound is 300 ms; what a busy machine adds is not the picture's. */
const IN_TIME_MS = 5 * 150;

let mailbox: Mailbox;
let log: MemoryLog;
let told: { name: string; fields: Fields }[];
const stopping: (() => Promise<void>)[] = [];

beforeEach(async () => {
  mailbox = await Mailbox.open();
  log = memoryLog({ clock: systemClock });
  told = [];
});
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
  await log.close();
  await mailbox.close();
});

/** One alerting process whose pictures are drawn by `drawer`. */
function begin(drawer: Drawer, by = 'a', clock: Clock = systemClock): void {
  const telemetry: Telemetry = telemetryTo((name, _entry, fields) => told.push({ name, fields }));
  const common = { log, topics: all, clock, telemetry, by };
  const seconds = new LastSeconds();
  const deciding = startDecide({ ...common, metrics: [ORDERS, PAYMENTS], seconds });
  const paging = startPage({
    ...common,
    people: { ana: { email: 'ana@shop.example' }, bo: { email: 'bo@shop.example' } },
    notifiers: new Map([['email', emailNotifier({ smtp: mailbox.url, from: 'plummet@shop.example' })]]),
    links: linksTo('http://127.0.0.1:8080', oneSecret(new Uint8Array(32).fill(7))),
    timezone: 'UTC',
    pictures: new Pictures({ drawer, seconds, clock, telemetry }),
  });
  stopping.push(async () => {
    await deciding.stop();
    await paging.stop();
  });
}

const now = (): number => Math.floor(systemClock.wall() / 1000);
const normal = (second: number) => signalsRecord(signals(second, [signal('orders', 'normal', { n: 110 + (second % 15), rate: 118 })]));

/** Ten minutes at 118/s, then 45/s since four seconds. */
async function orders(at: number, name = 'orders'): Promise<void> {
  const past = Array.from({ length: 640 }, (_, i) => normal(at - 644 + i));
  const down = Array.from({ length: 4 }, (_, i) => signalsRecord(signals(at - 4 + i, [signal(name, 'falling', { n: 45 })])));
  const dropped = signalsRecord(signals(at, [signal(name, 'dropped', { n: 45, fall: fall(at) })]));
  await log.append(all.signals, [...past, ...down, dropped]);
}

const toAna = (one: Caught): boolean => one.to === 'ana@shop.example';
const pictureOf = ({ mail }: Caught) => mail.attachments[0];
const reasons = (): unknown[] => told.filter(({ name }) => name === 'pictureLeftOut').map(({ fields }) => fields.reason);
/** From the intention to the mail server, ms. */
const delayOf = (caught: Caught): number => {
  const intended = log
    .records(all.incidents, 0)
    .map(decodeJournal)
    .find((line) => line.kind === 'intended');
  return caught.at - (intended?.at ?? 0);
};

describe('a page by mail', () => {
  test('carries the last ten minutes and the fall, shown by the HTML and named for readers of the text', async () => {
    begin(REAL, 'a', PATIENT);
    await orders(now());
    const caught = await mailbox.expects(toAna, 10_000);
    const picture = pictureOf(caught);
    expect(picture).toMatchObject({ mimeType: 'image/png', disposition: 'inline', filename: expect.stringMatching(/^inc-\w+\.png$/) });
    const cid = picture?.contentId?.slice(1, -1) as string;
    expect(caught.mail.html).toContain(
      `<img src="cid:${cid}" width="536" alt="Orders fell 62% in 4\u00a0s, 118/s to 45/s: the last ten minutes`,
    );
    const bytes = new Uint8Array(picture?.content as ArrayBuffer);
    expect(bytes.length).toBeLessThan(60_000);
    const pixels = pixelsOf(bytes);
    expect(pixels).toMatchObject({ width: 1072, height: 552 });
    expect(countOf(pixels, '#b84300', (x, y) => x > 900 && y < 300)).toBeGreaterThan(300);
    expect(countOf(pixels, '#0072b2', (x) => x < 560)).toBeGreaterThan(2000);
    expect(caught.mail.text).toContain('Acknowledge: ');
  });

  test('everybody gets the picture that was drawn once, and each later word a newer one', async () => {
    const scenes: number[] = [];
    begin({
      warm: () => undefined,
      draw: async ({ counts }) => Buffer.from([scenes.push(counts.length), counts.at(-1) ?? 0]),
    });
    const at = now();
    await orders(at);
    const ana = await mailbox.expects(toAna);
    const bo = await mailbox.expects(({ to }) => to === 'bo@shop.example');
    const bytes = (caught: Caught) => [...new Uint8Array(pictureOf(caught)?.content as ArrayBuffer)];
    expect([bytes(ana), bytes(bo)]).toEqual([
      [1, 45],
      [1, 45],
    ]);
    await log.append(all.signals, [signalsRecord(signals(at + 1, [signal('orders', 'normal', { n: 77 })]))]);
    const resolved = await mailbox.expects(({ mail }) => mail.text?.startsWith('Resolved') ?? false);
    expect(bytes(resolved)).toEqual([2, 77]);
  });

  test('is not kept waiting by a picture that never comes', async () => {
    begin({ warm: () => undefined, draw: () => new Promise(() => undefined) });
    await orders(now());
    const caught = await mailbox.expects(toAna);
    expect(caught.mail.attachments).toEqual([]);
    expect(caught.mail.html).not.toContain('<img');
    expect(delayOf(caught)).toBeLessThan(IN_TIME_MS);
    expect(reasons()).toContain('late');
  });

  test('goes without it where drawing fails, and makes ready for the next', async () => {
    let warmed = 0;
    const fail = async (): Promise<never> => {
      throw new Error('the thread that draws ended');
    };
    begin({ warm: () => void warmed++, draw: fail });
    await orders(now());
    const caught = await mailbox.expects(toAna);
    expect(caught.mail.attachments).toEqual([]);
    expect(delayOf(caught)).toBeLessThan(IN_TIME_MS);
    expect([reasons(), warmed]).toEqual([['failed'], 1]);
  });

  test('goes without it where nothing is known of the seconds', async () => {
    begin(REAL);
    const at = systemClock.wall();
    const fell = { ...fall(now()), metric: 'refunds', series: 'payments~1', silent: [], producers: 1 };
    await log.append(all.incidents, [journalRecord({ kind: 'opened', incident: 'inc-1', at, by: 'b', severity: 1, second: now(), fell })]);
    expect((await mailbox.expects(toAna)).mail.attachments).toEqual([]);
    expect(reasons()).toEqual(['no data']);
  });

  test('a process that takes over has the same ten minutes, though it was started after the fall', async () => {
    const drawn: (readonly (number | null)[])[] = [];
    const drawer: Drawer = {
      warm: () => undefined,
      draw: async ({ counts }) => {
        drawn.push(counts);
        return new Uint8Array(1);
      },
    };
    mailbox.behave({ recipient: () => ({ code: 451, text: 'later' }) });
    begin(drawer);
    await orders(now());
    await expect.poll(() => drawn.length).toBeGreaterThan(0);
    await stopping.pop()?.();
    mailbox.behave({});
    begin(drawer, 'b');
    await mailbox.expects(toAna, 15_000);
    expect(drawn.at(-1)).toEqual(drawn[0]);
    expect(drawn[0]?.filter((count) => count !== null)).toHaveLength(645);
  });
});
