/** All rows of the judgement, in order. */
import { PART_A } from './part-a.ts';
import { PART_B_CROWDS } from './part-b-crowds.ts';
import { PART_B_FALLS } from './part-b-falls.ts';
import { PART_B_GAPS } from './part-b-gaps.ts';
import { PART_B_LONG } from './part-b-long.ts';
import { PART_B_PLANNED } from './part-b-planned.ts';
import { PART_N } from './part-n.ts';
import { PART_P } from './part-p.ts';
import { PART_S } from './part-s.ts';
import { PART_T } from './part-t.ts';
import { PART_V } from './part-v.ts';
import { PART_W } from './part-w.ts';
import type { Scenario } from './scenario.ts';

export const JUDGEMENT: readonly Scenario[] = [
  ...PART_A,
  ...[...PART_B_LONG, ...PART_B_FALLS, ...PART_B_CROWDS, ...PART_B_GAPS, ...PART_B_PLANNED].sort(
    (a, b) => Number(a.part.slice(1)) - Number(b.part.slice(1)),
  ),
  ...PART_N,
  ...PART_V,
  ...PART_P,
  ...PART_S,
  ...PART_T,
  ...PART_W,
];
