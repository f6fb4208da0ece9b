/** Revenue is judged as orders are. */
import { holdsOf } from './rows.ts';

holdsOf((part) => part === 'V');
