import { DomainEvent } from '@plummet/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refuseData } from '../../platform/topics/event-check.ts';
import { world } from './world.ts';

/** What of an event's data arrives. */
async function arriving(data: object, send: { readonly connect?: string[]; readonly class?: unknown } = {}) {
  const { clock, post, plummet, heard } = world(send.connect === undefined ? {} : { send: send.connect });
  class NoteWritten extends DomainEvent<object> {
    static readonly type = 'note.written';
    static readonly send = send.class;
  }
  NoteWritten.notifies(plummet);
  new NoteWritten(data).publish();
  await clock.advance(100);
  return { data: post.taken[0]?.events[0]?.[2], warnings: heard.warnings, trimmed: plummet.stats().trimmed };
}

test('texts, finite numbers, true, false and null travel', async () => {
  const data = { text: 'ü "quoted" \n', amount: 4.5, minus: -0.1, yes: true, no: false, nothing: null, empty: '' };
  expect(await arriving(data)).toEqual({ data, warnings: [], trimmed: 0 });
});

test('nested values and numbers that are not finite are left out with a warning that names the field', async () => {
  const { data, warnings, trimmed } = await arriving({
    amount: 42,
    user: { name: 'Ana' },
    items: [1],
    day: new Date(0),
    big: 1n,
    symbol: Symbol('s'),
    nan: Number.NaN,
    infinite: Infinity,
    missing: undefined,
    method: () => 1,
  });
  expect(data).toEqual({ amount: 42 });
  expect(warnings).toHaveLength(7);
  expect(trimmed).toBe(7);
  expect(warnings).toContainEqual(expect.stringMatching(/event note\.written: data\.user was left out, it is an object: .*send/));
  expect(warnings).toContainEqual(expect.stringMatching(/data\.nan was left out, it is NaN/));
});

test('only the fields that the allow-lists name leave the app: of the class, of the connection, of both where both are given', async () => {
  const data = { amount: 42, email: 'ana@example.com', plan: 'pro' };
  expect((await arriving(data, { class: ['amount'] })).data).toEqual({ amount: 42 });
  expect((await arriving(data, { connect: ['amount', 'plan'] })).data).toEqual({ amount: 42, plan: 'pro' });
  const both = await arriving(data, { connect: ['amount'], class: ['amount', 'plan'] });
  expect(both.data).toEqual({ amount: 42 });
  expect(both.warnings).toEqual([expect.stringMatching(/NoteWritten\.send names plan, connect\({ send }\) does not/)]);
});

test('an empty list keeps everything in the app, and so does one that is none', async () => {
  expect((await arriving({ email: 'ana@example.com' }, { class: [] })).data).toBeUndefined();
  expect((await arriving({ email: 'ana@example.com' }, { connect: [] })).data).toBeUndefined();
  const wrong = await arriving({ email: 'ana@example.com' }, { class: 'email' });
  expect(wrong.data).toBeUndefined();
  expect(wrong.warnings).toEqual([expect.stringMatching(/send must be a list/)]);
});

test('a field that is kept in the app is not looked at: what it holds neither warns nor runs', async () => {
  const data = Object.defineProperty({ amount: 1, user: {} }, 'lazy', {
    enumerable: true,
    get: () => {
      throw new Error('never asked');
    },
  });
  expect(await arriving(data, { class: ['amount'] })).toEqual({ data: { amount: 1 }, warnings: [], trimmed: 0 });
});

test('a text of 1,000 characters travels whole, a longer one is cut there, never through the middle of a character', async () => {
  const whole = await arriving({ text: 'x'.repeat(1000) });
  expect(whole).toEqual({ data: { text: 'x'.repeat(1000) }, warnings: [], trimmed: 0 });
  const cut = await arriving({ text: 'x'.repeat(1001) });
  expect(cut.data).toEqual({ text: 'x'.repeat(1000) });
  expect(cut.warnings).toEqual([expect.stringMatching(/data\.text was cut to 1000 characters/)]);
  expect((await arriving({ text: `${'x'.repeat(999)}😀` })).data).toEqual({ text: 'x'.repeat(999) });
});

test('64 fields travel, a 65th is left out with a warning; so are odd names, and what is too much in all', async () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, i]));
  const { data, warnings } = await arriving(many);
  expect(Object.keys(data ?? {})).toHaveLength(64);
  expect(warnings).toEqual([expect.stringMatching(/data\.f64 does not fit/)]);
  const names = await arriving({ ['n'.repeat(100)]: 1, ['n'.repeat(101)]: 2, '': 3 });
  expect(names.data).toEqual({ ['n'.repeat(100)]: 1 });
  expect(names.warnings).toHaveLength(2);
  const proto = await arriving(JSON.parse('{"__proto__":null,"amount":1}'));
  expect(proto).toMatchObject({ data: { amount: 1 }, trimmed: 1 });
  const large = await arriving(Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`t${i}`, 'x'.repeat(1000)])));
  expect(Object.keys(large.data ?? {})).toHaveLength(9);
});

test('the app may change its object after publish(): what was published arrives', async () => {
  const { clock, post, plummet } = world();
  class NoteWritten extends DomainEvent<{ amount: number }> {
    static readonly type = 'note.written';
  }
  NoteWritten.notifies(plummet);
  const data = { amount: 1 };
  new NoteWritten(data).publish();
  data.amount = 2;
  await clock.advance(100);
  expect(post.taken[0]?.events[0]?.[2]).toEqual({ amount: 1 });
});

test('whatever the data, what travels is what the gateway takes', async () => {
  const worst = '\u0000'.repeat(1200);
  const value = fc.oneof(fc.anything(), fc.constant(worst), fc.string({ unit: 'binary', maxLength: 50 }));
  const key = fc.oneof(fc.string(), fc.constant('__proto__'), fc.constant('toJSON'), fc.constant('constructor'));
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, value, { maxKeys: 80, noNullPrototype: false }), async (data) => {
      const arrived = (await arriving(data)).data;
      if (arrived !== undefined) expect(refuseData(arrived)).toBeNull();
    }),
    { numRuns: 100 },
  );
  const all = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`k${i}`, worst]));
  expect(refuseData((await arriving(all)).data)).toBeNull();
});
