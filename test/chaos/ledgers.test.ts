import { join } from 'node:path';
import type { Letter, Outcome, Transport } from '@plummet/sdk';
import { type BatchEvent, encodeBatch, tallyOf } from '@plummet/sdk/batch';
import { expect, onTestFinished, test } from 'vitest';
import type { FellFacts, JournalLine } from '../../platform/topics/incidents.ts';
import { temporaryFolder } from '../support/process.ts';
import { Bookkeeper } from './bookkeeper.ts';
import { Counted } from './counted.ts';
import { sums } from './judge.ts';
import { Ledger, LedgerFile } from './ledger.ts';
import type { Outage } from './outage.ts';
import { falseFalls } from './pages.ts';
import type { World } from './world.ts';

const SECOND = 1_763_694_925;
const TYPE = 'page.view';

function letter(seq: number, events: number): Letter {
  const t0 = SECOND * 1000;
  const rows = Array.from({ length: events }, (): BatchEvent => [TYPE, 0]);
  const head = { producer: 'shop#1', seq, published: events, sent: t0, until: t0 + 1000 * seq, t0, lost: {}, tally: tallyOf(t0, rows) };
  return { producer: 'shop#1', seq, events, text: () => encodeBatch({ ...head, events: rows }) };
}

const answering = (outcome: Outcome): Transport => ({ name: 'made up', send: async () => outcome, close: () => undefined });

async function writtenBy(send: (bookkeeper: Bookkeeper) => Promise<void>): Promise<{ books: Ledger; file: LedgerFile }> {
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const path = join(folder.path, 'app.ledger');
  await send(new Bookkeeper(path));
  const books = new Ledger();
  const file = new LedgerFile(path, books);
  file.read();
  return { books, file };
}

const { signal } = new AbortController();

test('a letter is sent once however often it is tried, and acknowledged once though two gateways say yes', async () => {
  const { books, file } = await writtenBy(async (bookkeeper) => {
    const [a, b] = [bookkeeper.watch(answering({ is: 'accepted' })), bookkeeper.watch(answering({ is: 'accepted' }))];
    await bookkeeper.watch(answering({ is: 'later', why: 'not now' })).send(letter(1, 5), signal);
    await Promise.all([a.send(letter(1, 5), signal), b.send(letter(1, 5), signal)]);
    await bookkeeper.watch(answering({ is: 'later', why: 'not now' })).send(letter(2, 7), signal);
  });
  expect(books.sent.of(TYPE, SECOND).n).toBe(12);
  expect(books.acknowledged.of(TYPE, SECOND).n).toBe(5);
  expect(file.until).toBe(SECOND * 1000 + 1000);
});

const counts = (to: number, n: number, block = 0) => {
  return {
    partition: 0,
    block,
    to,
    progress: 0,
    waits: [],
    rows: [['views~1', SECOND, n, 0, 0]] as [string, number, number, number, number][],
  };
};

test('counts merge by the higher offset, whichever comes first', () => {
  const counted = new Counted();
  for (const record of [counts(10, 4), counts(30, 9), counts(20, 6), counts(30, 9), counts(1010, 2, 1)]) counted.take(record);
  expect(counted.of('views', SECOND)).toBe(11);
});

async function judged(archived: { n: number; distinct: number; said?: number }, counted: number) {
  const { books } = await writtenBy(async (bookkeeper) => {
    await bookkeeper.watch(answering({ is: 'accepted' })).send(letter(1, 10), signal);
    await bookkeeper.watch(answering({ is: 'later', why: 'nobody knows' })).send(letter(2, 3), signal);
  });
  const observer = { counted: new Counted() };
  observer.counted.take(counts(1, counted));
  const rows = [{ type: TYPE, second: SECOND, said: SECOND, ...archived }];
  const store = { rows: async () => rows };
  return sums({ books, observer, store } as unknown as World, { from: SECOND, to: SECOND + 1 });
}

test('what is known may be neither lost nor double, what is not known may be there or not', async () => {
  for (const n of [10, 11, 13]) {
    expect(await judged({ n, distinct: n }, n)).toMatchObject({
      counted: { lost: 0, double: 0 },
      archived: { lost: 0, double: 0 },
      moved: 0,
    });
  }
  expect(await judged({ n: 9, distinct: 9 }, 9)).toMatchObject({ counted: { lost: 1 }, archived: { lost: 1 } });
  expect(await judged({ n: 14, distinct: 14 }, 14)).toMatchObject({ counted: { double: 1 }, archived: { double: 1 } });
  // Within the bounds, and yet one event stands there twice in place of another; or counts and archive differ.
  expect(await judged({ n: 12, distinct: 11 }, 12)).toMatchObject({ counted: { double: 0 }, archived: { double: 1 } });
  expect(await judged({ n: 12, distinct: 12 }, 11)).toMatchObject({ counted: { lost: 1 }, archived: { lost: 0 } });
  // Moved by a clock that was put right: held against what its app had said.
  expect(await judged({ n: 10, distinct: 10, said: SECOND - 1 }, 10)).toMatchObject({
    counted: { lost: 0, double: 0 },
    archived: { lost: 10 },
  });
});

const fell = (metric: string, from: number): FellFacts => ({ metric, series: `${metric}~1`, from, at: from + 4 }) as FellFacts;
const line = (kind: 'opened' | 'joined', facts: FellFacts, held?: string): JournalLine => {
  return { kind, incident: 'inc-1', severity: 1, second: facts.at, fell: facts, at: 0, by: 'a', ...(held && { held }) } as JournalLine;
};

test('a fall that no outage explains is a false page, once for both replicas, also where it only joined', () => {
  const outages = [{ metric: 'step1', from: SECOND * 1000, to: (SECOND + 10) * 1000 }] as unknown as Outage[];
  const journal = [
    line('opened', fell('step1', SECOND)),
    line('opened', fell('step1', SECOND)),
    line('joined', fell('step2', SECOND)),
    line('joined', fell('step2', SECOND)),
    line('opened', fell('step3', SECOND), 'began and ended before it could be seen'),
    line('opened', fell('step1', SECOND + 60)),
  ];
  expect(falseFalls(journal, outages).map(({ metric, from }) => `${metric} ${from - SECOND}`)).toEqual(['step2 0', 'step1 60']);
});
