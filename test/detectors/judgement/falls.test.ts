/** Falls of every kind are found in time. */
import { holdsOf } from './rows.ts';

holdsOf((part) => ['B2', 'B5', 'B8', 'B9', 'B10', 'B11', 'B12', 'B13', 'B14'].includes(part));
