/** The rows that can be lived through, in the order of the fault matrix. */
import type { Fault } from './fault.ts';
import { F04 } from './faults/F04-detector-killed.ts';

export const FAULTS: readonly Fault[] = [F04];
