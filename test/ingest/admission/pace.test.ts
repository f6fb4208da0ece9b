import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pace, senderOf } from '../../../ingest/admission/pace.ts';

const limits = { requestsPerSecondMax: 10, bytesPerSecondMax: 1000, sendersMax: 3 };

test('no sender gets more through than its burst and its pace', () => {
  const requests = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 500 }), bytes: fc.integer({ min: 0, max: 800 }) }), {
    maxLength: 100,
  });
  fc.assert(
    fc.property(requests, (list) => {
      const pace = new Pace(limits);
      const taken = { requests: 0, bytes: 0 };
      let nowMs = 0;
      for (const { afterMs, bytes } of list) {
        nowMs += afterMs;
        if (pace.wait('shop', bytes, nowMs) > 0) continue;
        taken.requests++;
        taken.bytes += bytes;
      }
      expect(taken.requests).toBeLessThanOrEqual(limits.requestsPerSecondMax * (2 + nowMs / 1000) + 1e-6);
      expect(taken.bytes).toBeLessThanOrEqual(limits.bytesPerSecondMax * (2 + nowMs / 1000) + 1e-6);
    }),
  );
});

test('who waits as long as it was told gets through', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 50 });
  fc.assert(
    fc.property(sizes, (list) => {
      const pace = new Pace(limits);
      let nowMs = 0;
      for (const bytes of list) {
        nowMs += pace.wait('shop', bytes, nowMs) * 1000;
        pace.wait('shop', bytes, nowMs);
      }
      expect(pace.wait('shop', 0, nowMs + 10_000)).toBe(0);
    }),
  );
});

test('what a request grew to is paid by those that follow', () => {
  const pace = new Pace(limits);
  expect(pace.wait('shop', 10, 0)).toBe(0);
  pace.charge('shop', 5000, 0);
  expect(pace.wait('shop', 10, 1000)).toBeGreaterThanOrEqual(2);
  expect(pace.wait('other', 10, 1000)).toBe(0);
  expect(pace.wait('shop', 10, 4000)).toBe(0);
});

test('of too many senders the one unheard for longest is forgotten', () => {
  const pace = new Pace({ ...limits, requestsPerSecondMax: 1 });
  const spend = (sender: string): void => {
    while (pace.wait(sender, 0, 0) === 0);
  };
  for (const sender of ['a', 'b', 'c', 'a', 'd']) spend(sender);
  expect(pace.wait('a', 0, 0)).toBeGreaterThan(0);
  expect(pace.wait('b', 0, 0)).toBe(0);
});

test('an address of IPv6 counts as its network', () => {
  expect(senderOf('10.0.0.1')).toBe('10.0.0.1');
  expect(senderOf('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(senderOf('2001:db8:1:2:3:4:5:6')).toBe(senderOf('2001:db8:1:2:ffff::1'));
  expect(senderOf('2001:db8:1:2:3:4:5:6')).not.toBe(senderOf('2001:db8:1:3:3:4:5:6'));
  expect(senderOf('::1')).toBe('::/64');
});
