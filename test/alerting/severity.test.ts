import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WatchedMetric } from '../../alerting/incident/severity.ts';
import type { SignalState } from '../../platform/topics/signals.ts';
import { AlertingWorld } from '../support/alerting-world.ts';

test('over random metrics and findings nobody is ever paged but for a drop of a critical write metric', async () => {
  const states: SignalState[] = ['warming', 'normal', 'falling', 'dropped', 'recovering', 'blind', 'too slow'];
  const metric = fc.record({ kind: fc.constantFrom('write' as const, 'read' as const), critical: fc.boolean() });
  const played = fc.array(fc.array(fc.constantFrom(...states), { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.tuple(metric, metric, metric), played, async (kinds, seconds) => {
      const world = new AlertingWorld();
      const metrics: WatchedMetric[] = kinds.map((one, i) => ({ ...one, name: `m${i}`, series: `m${i}~1` }));
      const decide = world.decide(metrics);
      const page = world.page();
      await world.clock.advance(1);
      for (const row of seconds) await world.watch(1, Object.fromEntries(row.map((state, i) => [`m${i}`, state])));
      await world.clock.advance(5000);
      const may = metrics.filter(({ kind, critical }, i) => critical && kind === 'write' && seconds.some((row) => row[i] === 'dropped'));
      expect(world.email.tried.some(({ message }) => message.facts.kind === 'page')).toBe(may.length > 0);
      for (const { message } of world.email.arrived)
        expect(may.some(({ name }) => message.facts.subject.includes(`] ${name} `))).toBe(true);
      await Promise.all([decide.stop(), page.stop()]);
    }),
    { numRuns: 200 },
  );
});
