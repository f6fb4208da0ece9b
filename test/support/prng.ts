/** Chance that a seed repeats, as made traffic has it. */
export { prng } from '../../detectors/backtest/prng.ts';
