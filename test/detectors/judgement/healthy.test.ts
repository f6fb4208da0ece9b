/** Healthy traffic, closings, gaps and dips wake nobody. */
import { holdsOf } from './rows.ts';

holdsOf((part) => ['B1', 'B3', 'B4', 'B6', 'B7', 'N'].includes(part));
