import { expect, test } from 'vitest';
import { Lane } from '../../../../platform/eventlog/kafka/lane.ts';

function push(lane: Lane, count: number): void {
  const records = Array.from({ length: count }, () => ({ key: 'k', value: 'v' }));
  const settled = { resolve: () => undefined, reject: () => undefined };
  lane.push({ records, bytes: records.map(() => 82), deadline: 0, taken: 0, appended: 0, offsets: [], ...settled });
}

test('numbers go on after what was appended, and after the largest that Kafka knows begin at 0 again', () => {
  const lane = new Lane('events', 0);
  lane.next = 2 ** 31 - 5;
  push(lane, 2);
  lane.group();
  lane.appended(100);
  expect(lane.next).toBe(2 ** 31 - 3);
  push(lane, 4);
  lane.group();
  lane.appended(102);
  expect(lane.next).toBe(1);
});
