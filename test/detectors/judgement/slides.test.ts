/** Slow slides and upward surprises are told for the morning, once. */
import { holdsOf } from './rows.ts';

holdsOf((part) => part === 'W');
