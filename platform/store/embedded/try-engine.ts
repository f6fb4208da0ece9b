/** A process that loads chDB, asks it for its version in memory, and ends: what cannot run here dies there. */
import type { EngineAnswer } from './examine.ts';

const tell = (answer: EngineAnswer): void => void process.send?.(answer, () => process.exit(0));

try {
  const { query } = await import('chdb');
  tell({ version: query('SELECT version()', 'TabSeparated').trim() });
} catch (error) {
  tell({ failed: (error as Error).message.split('\n', 1)[0] as string });
}
