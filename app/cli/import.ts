/** `plummet import`: counts from elsewhere become a metric's history. */
import { Command, Option } from 'commander';
import { CsvProblem } from '../../detectors/backtest/csv-line.ts';
import type { Missing } from '../../detectors/backtest/replay.ts';
import { seriesOf } from '../../detectors/counting/metric.ts';
import type { Config, ConfiguredMetric } from '../../platform/config/load.ts';
import { systemClock } from '../../platform/units/clock.ts';
import { readConfig } from './config-file.ts';
import { demandMissing, farApart, notesOf, sayCsvProblem } from './csv-flags.ts';
import { readCsv, shownCsv, sizeOf } from './csv-source.ts';
import { Gathered } from './gathered.ts';
import { demandStore, openHistoryStore } from './history-store.ts';
import { type ImportFlags, metricNamed, type Source, sourceOf } from './import-flags.ts';
import { type Imported, importJson, sayImport } from './import-words.ts';
import { type Output, UserError } from './output.ts';
import { progress } from './progress.ts';

const EXAMPLES = `
Examples:
  plummet import --metric orders --csv orders.csv
  plummet import --metric orders --csv january.csv.gz february.csv.gz --missing zero
  plummet import --metric orders --clickhouse 'http://me:\${PASSWORD}@db:8123/shop' \\
    --query 'SELECT toStartOfSecond(time) AS second, count() FROM orders GROUP BY second ORDER BY second' --missing zero
  plummet import --metric orders --prometheus http://prometheus:9090 --from 2026-11-01T00:00:00Z --to 2026-11-20T00:00:00Z \\
    --step 60s --query 'sum(increase(orders_total[60s]))'

Lines of epoch_second,count in ascending order. Nothing is written before all of it was read and is right. What an earlier
import wrote is replaced; what Plummet counted itself stays. Plummet may run or not. More is in docs/import.md.
Exit codes: 0 good, 1 the store or the source failed, 2 usage or rows that cannot be read.`;

export function importCommand(output: Output): Command {
  return new Command('import')
    .description('counts from elsewhere become a metric\u2019s history: CSV, ClickHouse, Prometheus')
    .option('--config <file>', 'the YAML', 'plummet.yaml')
    .option('--data <dir>', 'the data folder of Plummet', 'data')
    .requiredOption('--metric <name>', 'whose history it is, as the YAML names it')
    .option('--csv <file...>', 'lines of epoch_second,count, plain or gzip; - is stdin')
    .option('--clickhouse <url>', 'any ClickHouse server: http://user:password@host:8123/database; ${NAME} is read from the environment')
    .option('--prometheus <url>', 'a Prometheus, or what speaks its API')
    .option('--query <text>', 'SQL that gives second and count, or PromQL that gives one series of counts per step')
    .option('--from <time>', 'of Prometheus: the first second, like 2026-11-01T00:00:00Z')
    .option('--to <time>', 'of Prometheus: the first second after the last')
    .option('--step <duration>', 'of Prometheus: how much a value counts; over 1s it is spread over its seconds by chance', '1s')
    .option('--bearer <token>', "of Prometheus: a token, best as '${NAME}'")
    .addOption(new Option('--missing <how>', 'how to read a second without a line').choices(['zero', 'nodata']))
    .option('--json', 'one line of JSON')
    .addHelpText('after', EXAMPLES)
    .action((flags: ImportFlags) => importRows(output, flags));
}

async function importRows(output: Output, flags: ImportFlags): Promise<void> {
  const config = await readConfig(flags.config, process.env, output);
  const metric = metricNamed(flags.metric, config);
  const source = sourceOf(flags, metric);
  demandStore(config);
  const interrupted = new AbortController();
  // A second one ends at once, and that is harmless, too.
  process.once('SIGINT', () => interrupted.abort());
  const gathering = new Gathering(source, metric, flags.missing, interrupted.signal);
  try {
    await gathering.read();
    const imported = await written({ config, metric, flags, gathering, signal: interrupted.signal }, output);
    if (flags.json) output.json(importJson(imported));
    else sayImport(imported, output);
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error;
    sayCsvProblem(
      { ...error, message: error.message, hint: `${error.hint} Nothing was imported.` },
      gathering.name,
      flags.json === true,
      output,
    );
    process.exitCode = 2;
  } finally {
    gathering.close();
  }
}

/** All the rows of a source, checked. */
class Gathering {
  /** What is read: a file, a server. */
  name = '';
  readonly parts: Gathered[] = [];
  readonly notes: string[] = [];
  readonly #source: Source;
  readonly #metric: ConfiguredMetric;
  readonly #missing: Missing | undefined;
  readonly #signal: AbortSignal;

  constructor(source: Source, metric: ConfiguredMetric, missing: Missing | undefined, signal: AbortSignal) {
    this.#source = source;
    this.#metric = metric;
    this.#missing = missing;
    this.#signal = signal;
  }

  /** @throws CsvProblem, UserError: then nothing is to be written */
  async read(): Promise<void> {
    const source = this.#source;
    if (source.is === 'csv') {
      for (const file of source.files) {
        await this.#part(
          shownCsv(file),
          () => sizeOf(file),
          async (take, heard) => (await readCsv(file, take, heard)).notes,
        );
      }
      this.#demandApart(source.files.map(shownCsv));
    } else if (source.is === 'clickhouse') {
      const { nameOf, readClickHouse } = await import('./import-clickhouse.ts');
      await this.#part(
        nameOf(source),
        () => null,
        (take, heard) => readClickHouse(source, take, { heard, signal: this.#signal }),
      );
    } else {
      const { doubtsAbout, nameOf, readPrometheus } = await import('./import-prometheus.ts');
      this.notes.push(...doubtsAbout(source.query, source.step));
      const seconds = source.to - source.from;
      await this.#part(
        nameOf(source),
        () => seconds,
        (take, heard) => readPrometheus(source, take, { heard, signal: this.#signal }),
      );
    }
  }

  close(): void {
    for (const part of this.parts) part.close();
  }

  async #part(name: string, size: () => number | null, read: Read): Promise<void> {
    this.name = name;
    const missing = this.#missing ?? 'nodata';
    const part = new Gathered({ whole: this.#metric.value === undefined, now: Math.floor(systemClock.wall() / 1000), missing });
    this.parts.push(part);
    const bar = await progress(`reading ${name}`, size());
    try {
      const take: Parameters<Read>[0] = (rows) => {
        this.#signal.throwIfAborted();
        part.take(rows);
      };
      const notes = await read(take, (amount) => bar.add(amount));
      this.notes.push(...notesOf(notes, this.#metric.value).map((note) => `${name}: ${note}`));
    } catch (error) {
      throw this.#signal.aborted ? new UserError('interrupted: nothing was imported.', { exit: 1 }) : error;
    } finally {
      bar.stop();
    }
    if (this.#missing === undefined) demandMissing(part);
    if (part.stepSeconds !== null && part.stepSeconds > 1) this.notes.push(`${name}: ${farApart(part.stepSeconds)}`);
  }

  /** In the order of their time; of two counts of one second nobody could say which is right. */
  #demandApart(names: readonly string[]): void {
    const ordered = this.parts
      .map((part, i) => ({ part, name: names[i] as string }))
      .sort((a, b) => (a.part.from ?? 0) - (b.part.from ?? 0));
    this.parts.splice(0, this.parts.length, ...ordered.map(({ part }) => part));
    ordered.forEach(({ part, name }, i) => {
      const before = ordered[i - 1];
      if (!before || (before.part.to ?? 0) < (part.from ?? 0)) return;
      this.name = name;
      const found = `its first second, ${part.from}, is in ${before.name} already, which goes on to ${before.part.to}.`;
      throw new CsvProblem(null, found, 'Import one file after the other: the later one stands where both have a second.');
    });
  }
}

type Read = (take: Parameters<typeof readCsv>[1], heard: Parameters<typeof readCsv>[2]) => Promise<readonly string[]>;

interface Writing {
  readonly config: Config;
  readonly metric: ConfiguredMetric;
  readonly flags: ImportFlags;
  readonly gathering: Gathering;
  readonly signal: AbortSignal;
}

async function written({ config, metric, flags, gathering, signal }: Writing, output: Output): Promise<Imported> {
  // Loaded only here: a mistake in the flags or rows is told sooner.
  const { writeRows } = await import('./import-write.ts');
  const { parts, notes } = gathering;
  const store = await openHistoryStore({ config, folder: flags.data, write: (line) => output.talk(line), make: true });
  const bar = await progress(
    `writing ${metric.name}`,
    parts.reduce((sum, { rows, zeros }) => sum + rows + zeros, 0),
  );
  try {
    const series = seriesOf(metric);
    const kept = config.store?.retention.rates ?? null;
    const oldest = kept === null ? 0 : Math.floor(systemClock.wall() / 1000) - kept;
    const target = { series, isSum: metric.value !== undefined, oldest };
    const result = await writeRows(store, target, parts, { told: (seconds) => bar.add(seconds), signal });
    return {
      ...{ metric: metric.name, series, source: parts.length > 1 ? `${parts.length} files` : gathering.name, ...result },
      ...{ from: parts[0]?.from ?? 0, to: parts.at(-1)?.to ?? 0 },
      ...{ missing: parts.reduce((sum, { missing }) => sum + missing, 0), missingAs: flags.missing ?? 'nodata', notes },
    };
  } finally {
    bar.stop();
    await store.close();
  }
}
