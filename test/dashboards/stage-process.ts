/**
 * A stage in a process of its own, on which seconds pass faster: so many metrics, so many seconds each second. Its first line is
 * its address, each one after says what its telemetry was told of viewers.
 */
import { telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { type MadeUp, metric } from './made-up.ts';
import { openStage } from './stage.ts';

const [metrics = 0, perSecond = 1] = process.argv.slice(2).map(Number);
const name = (i: number): string => `a metric with a long name, number ${i}`;
const made = Array.from({ length: metrics }, (_, i): MadeUp => ({ info: metric(name(i)), usual: 5 }));
const telemetry = telemetryTo((told) => {
  if (told === 'viewerDropped' || told === 'viewerSpared') console.log(told);
});
const stage = await openStage({ metrics: made, telemetry });
let next = Math.floor(systemClock.wall() / 1000);
await stage.play(next - 5, next);
console.log(await stage.listen());
let busy = false;
setInterval(async () => {
  if (busy) return;
  busy = true;
  await stage.play(next, ++next);
  busy = false;
}, 1000 / perSecond);
// Whoever started it is gone, whatever became of it.
process.stdin.on('end', () => process.exit()).resume();
