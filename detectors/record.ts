/** Reads topics counts, signals and config, writes the store: each second as counted and as it closed, and what raised thresholds. */
import { type Filler, type Filling, fill, takingEach } from '../platform/store/filling.ts';
import { closingRows, countRows, ratesTable } from '../platform/store/rates.ts';
import { thresholdRow, thresholdsTable } from '../platform/store/thresholds.ts';
import { decodeCounts } from '../platform/topics/counts.ts';
import { decodeSignals } from '../platform/topics/signals.ts';
import { decodeThreshold } from '../platform/topics/thresholds.ts';
import type { Topics } from '../platform/topics/topic.ts';

/** Counts are whole for their block, so whoever writes them again, and however often, changes nothing. */
export function startRecord(filler: Filler, topics: Topics): Filling {
  const fillings = [
    fill(filler, topics.counts, (positions) =>
      takingEach(positions, (record, into) => {
        const counts = decodeCounts(record);
        into.add(ratesTable, countRows(counts), counts.rows.length);
      }),
    ),
    fill(filler, topics.signals, (positions) =>
      takingEach(positions, (record, into) => {
        const { second, signals } = decodeSignals(record);
        into.add(ratesTable, closingRows(second, signals, record.offset), signals.length);
      }),
    ),
    fill(filler, topics.config, (positions) =>
      takingEach(positions, (record, into) => {
        const learned = decodeThreshold(record);
        if (learned) into.add(thresholdsTable, thresholdRow(learned, record.offset), 1);
      }),
    ),
  ];
  return { stop: async () => void (await Promise.all(fillings.map((filling) => filling.stop()))) };
}
