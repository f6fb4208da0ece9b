/** Part A: as fast as Lorden allows, one threshold for every rate and noise. */
import { holdsOf } from './rows.ts';

holdsOf((part) => part.startsWith('A'));
