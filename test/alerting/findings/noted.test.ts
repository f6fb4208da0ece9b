/** What slides is noted once, by twins and after restarts too, and never pages. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DecideStep } from '../../../alerting/decide.ts';
import { Findings } from '../../../alerting/findings/findings.ts';
import { shareOf, slideHeadline } from '../../../alerting/findings/words.ts';
import type { WatchedMetric } from '../../../alerting/incident/severity.ts';
import { decodeJournal, type JournalLine, journalRecord } from '../../../platform/topics/incidents.ts';
import type { SignalState, SlideFacts } from '../../../platform/topics/signals.ts';
import { decodeSignals, signalsRecord } from '../../../platform/topics/signals.ts';
import { AlertingWorld, PAYMENTS } from '../../support/alerting-world.ts';
import { fall, signal, signals } from '../../support/fall.ts';

let world: AlertingWorld;
let step: DecideStep | undefined;
beforeEach(() => {
  world = new AlertingWorld();
  step = undefined;
});
afterEach(() => step?.stop());

function slide(more: Partial<SlideFacts> = {}): SlideFacts {
  const at = world.second - 120;
  const rates = { rate: 82.8, expected: 120, sigmas: 6.1, beside: 'weeks' } as const;
  return { is: 'slide', from: at - 5400, at, until: at, ...rates, ...more };
}

async function tell(metric: string, slid: SlideFacts | undefined, state: SignalState = 'normal'): Promise<void> {
  const { second } = world;
  const more = { ...(slid && { slide: slid }), ...(state === 'dropped' && { fall: fall(second) }) };
  await world.log.append(world.topics.signals, [signalsRecord(signals(second, [signal(metric, state, more)]))]);
  await world.clock.advance(1000);
}

const kinds = (): string[] => world.journal.map(({ kind }) => kind);
const noted = (): Findings => {
  const findings = new Findings();
  for (const line of world.journal) findings.take(line);
  return findings;
};

describe('a slide', () => {
  test('of a critical metric is noted once as Sev-2, however often it is told, and its end once', async () => {
    step = world.decide();
    const found = slide();
    for (let i = 0; i < 5; i++) await tell('orders', { ...found, until: found.at + 900 * i });
    expect(world.journal).toMatchObject([{ kind: 'noted', severity: 2, metric: 'orders', slide: { is: 'slide', at: found.at } }]);
    for (let i = 0; i < 3; i++) await tell('orders', { ...found, until: found.at + 9000, over: 'back' });
    expect(kinds()).toEqual(['noted', 'noted-over']);
    expect(noted().all()).toMatchObject([{ metric: 'orders', slide: { until: found.at + 9000 }, over: { because: 'back' } }]);
  });

  test('of any other metric is Sev-3: drawn, and told to nobody', async () => {
    step = world.decide();
    await tell('searches', slide());
    expect(world.journal).toMatchObject([{ kind: 'noted', severity: 3 }]);
  });

  test('is noted once by twins, of which one found it a quarter hour later, and after a restart', async () => {
    step = world.decide();
    const twin = world.decide(undefined, world.log.another(), 'b');
    const found = slide();
    await tell('orders', found);
    await tell('orders', { ...found, at: found.at + 900 });
    await twin.stop();
    expect(noted().all()).toHaveLength(1);
    const before = world.lines.length;
    await step.stop();
    step = world.decide();
    await tell('orders', { ...found, at: found.at + 900 });
    expect(world.lines).toHaveLength(before);
  });

  test('that began and ended unseen is noted with its end, for the morning', async () => {
    step = world.decide();
    await tell('orders', slide({ over: 'back' }));
    expect(kinds()).toEqual(['noted', 'noted-over']);
    expect(noted().lasting()).toEqual([]);
  });

  test('ends where its metric is watched no more, and where the opposite lasts', async () => {
    step = world.decide();
    await tell('orders', slide());
    await tell('orders', slide({ is: 'surprise', at: world.second, from: world.second - 4000 }));
    expect(kinds()).toEqual(['noted', 'noted-over', 'noted']);
    step.retune({ metrics: [PAYMENTS] });
    await world.clock.advance(1000);
    expect(world.journal.at(-1)).toMatchObject({ kind: 'noted-over', because: 'unwatched' });
  });
});

test('a morning asks for what lasted within the last day, the newest first', async () => {
  step = world.decide();
  const now = world.clock.wall();
  await tell('orders', slide());
  await tell('payments', slide({ at: world.second - 60 }));
  await tell('orders', slide({ over: 'back', until: world.second }));
  expect(
    noted()
      .between(now - 86_400_000, world.clock.wall())
      .map(({ metric }) => metric),
  ).toEqual(['payments', 'orders']);
  expect(noted().between(world.clock.wall() + 86_400_000, world.clock.wall() + 2 * 86_400_000)).toMatchObject([{ metric: 'payments' }]);
});

test('over random metrics and slides nobody is ever paged but for a drop of a critical write metric', async () => {
  const metric = fc.record({ kind: fc.constantFrom('write' as const, 'read' as const), critical: fc.boolean() });
  const slides = fc.option(
    fc.record({
      is: fc.constantFrom('slide' as const, 'surprise' as const),
      at: fc.integer({ min: 0, max: 3 }),
      over: fc.option(fc.constantFrom('back' as const, 'usual now' as const, 'no data' as const)),
      rate: fc.constantFrom(0, 40, 1e6),
      sigmas: fc.constantFrom(4, 900),
    }),
  );
  const states = fc.constantFrom<SignalState>('normal', 'falling', 'warming', 'blind', 'recovering', 'too slow', 'dropped');
  const played = fc.array(fc.tuple(slides, states), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(metric, played, async (kind, seconds) => {
      world = new AlertingWorld();
      const one: WatchedMetric = { ...kind, name: 'm', series: 'm~1' };
      const decide = world.decide([one]);
      const page = world.page();
      await world.clock.advance(1);
      for (const [slid, state] of seconds) {
        const { over, at, ...more } = slid ?? {};
        await tell('m', slid ? slide({ ...more, at: world.second - 60 * (at ?? 0), ...(over && { over }) }) : undefined, state);
      }
      await world.clock.advance(5000);
      const may = kind.critical && kind.kind === 'write' && seconds.some(([, state]) => state === 'dropped');
      expect(world.email.tried.some(({ message }) => message.facts.kind === 'page')).toBe(may);
      expect(
        world.journal.every(
          (line) => line.kind !== 'noted' || !world.journal.some((l) => l.kind === 'opened' && l.incident === line.incident),
        ),
      ).toBe(true);
      await Promise.all([decide.stop(), page.stop()]);
    }),
    { numRuns: 100 },
  );
});

test('the words say how far from what and since when, by the clock of the team', () => {
  const saturday = Date.UTC(2026, 10, 21, 8, 40) / 1000;
  const facts = { ...slide(), from: saturday, at: saturday + 3600, until: saturday + 7200 };
  expect(slideHeadline('checkout', facts, 'Europe/Berlin')).toBe('Checkout slides: 31% below the usual Saturday since 09:40');
  const up = { ...facts, is: 'surprise', rate: 180 } as const;
  expect(slideHeadline('checkout', up, 'UTC')).toBe('Checkout is high: 50% above the usual Saturday since 08:40');
  expect(slideHeadline('checkout', { ...up, until: saturday + 90_000, over: 'back' }, 'UTC')).toBe(
    'Checkout was high: 50% above the usual from Sat 08:40 to Sun 09:40',
  );
  expect(slideHeadline('checkout', { ...facts, beside: 'days' }, 'UTC')).toContain('below the usual days');
  expect(shareOf({ rate: 5, expected: 0 })).toBe(0);
});

test('a slide travels in a signal and in the journal, and records without one still decode', () => {
  const found = slide({ over: 'usual now' });
  const record = signalsRecord(signals(100, [signal('orders', 'normal', { slide: found }), signal('payments', 'normal')]));
  const [first, second] = decodeSignals({ ...record, offset: 0, appendedAt: 0 } as never).signals;
  expect(first?.slide).toEqual(found);
  expect(second).not.toHaveProperty('slide');
  const line: JournalLine = { kind: 'noted-over', incident: 'note-1', at: 1, by: 'a', because: 'back', slide: found };
  expect(decodeJournal({ ...journalRecord(line), offset: 0, appendedAt: 0 } as never)).toEqual(line);
});
