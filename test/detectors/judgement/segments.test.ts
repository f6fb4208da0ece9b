/** A country's outage is found by itself, and fifty countries cost no more false pages than their metric is allowed. */
import { holdsOf } from './rows.ts';

holdsOf((part) => part === 'S1' || part === 'S2');
