import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ClickHouse } from '../support/clickhouse.ts';
import { counted, ImportWorld, REVENUE_SERIES } from '../support/imported.ts';
import { Prometheus, type Scrape } from '../support/prometheus/prometheus.ts';

const HOUR = 3600;
/** Some hours ago, on a whole hour. */
const START = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 6 * HOUR;
const IMPORT_MS_MAX = 60_000;

/** Both the source and where history is kept. */
let server: ClickHouse;
let prometheus: Prometheus;
let shop: ImportWorld;

/** Events of each second. */
const countOf = (at: number): number => (at * 7919) % 11;

/** What a counter shows that is scraped every so often, and begins anew in the middle. */
function scraped(everySeconds: number): Scrape[] {
  let value = 0;
  return Array.from({ length: HOUR + 1 }, (_, at) => {
    if (at === HOUR / 2) value = 0;
    if (at > 0) value += countOf(at - 1);
    return { at: START + at, value };
  }).filter(({ at }) => at % everySeconds === 0);
}

beforeAll(async () => {
  [server, prometheus] = await Promise.all([
    ClickHouse.start(),
    Prometheus.start({ 'orders_total{shop="a"}': scraped(1), 'slow_total{shop="a"}': scraped(15), 'slow_total{shop="b"}': scraped(15) }),
  ]);
  shop = new ImportWorld(`store: { clickhouse: { url: "${server.url()}" } }\n`);
  await server.ask('CREATE TABLE shop_orders (time DateTime64(3), amount Float64) ENGINE = MergeTree ORDER BY time');
  await server.ask(
    `INSERT INTO shop_orders SELECT toDateTime64(${START} + intDiv(number, 3), 3) + (number % 3) / 10, 1.5 FROM numbers(900)`,
  );
});
afterAll(async () => {
  await Promise.all([server?.stop(), prometheus?.stop()]);
  shop?.end();
});

const clickhouse = (query: string, { as = 'plummet:${SECRET}' } = {}) =>
  shop.import(['--clickhouse', `http://${as}@127.0.0.1:${server.port}/default`, '--query', query], { env: { SECRET: 'right' } });

const promql = (query: string, { step = '1s', to = START + HOUR, login = 'admin:${SECRET}@', more = [] as string[] } = {}) => {
  const range = ['--from', String(START), '--to', String(to), '--step', step];
  const flags = ['--prometheus', `http://${login}${prometheus.host}`, '--query', query, ...range, ...more];
  return shop.import(flags, { env: { SECRET: 'test' } });
};

test(
  'a query of any ClickHouse server becomes history, whatever form its times have',
  async () => {
    const bySecond = (second: string): string => `SELECT ${second} AS second, count() FROM shop_orders GROUP BY second ORDER BY second;`;
    const rows = Array.from({ length: 300 }, (_, at) => [START + at, 3] as const);
    const forms = ['toStartOfSecond(time)', 'toDateTime(time)', 'toUnixTimestamp(toDateTime(time))'];
    for (const [i, second] of forms.entries()) {
      const { code, told } = await clickhouse(bySecond(second));
      expect({ code, told }).toMatchObject({ code: 0, told: { rows: 300, replaced: i === 0 ? 0 : 300, from: START, to: START + 299 } });
    }
    expect(await shop.elsewhere()).toEqual(counted(rows));
    const sums = ['--query', 'SELECT toDateTime(time) AS second, sum(amount) FROM shop_orders GROUP BY second ORDER BY second'];
    await shop.import(['--clickhouse', `http://plummet:right@127.0.0.1:${server.port}`, ...sums], { metric: 'revenue' });
    expect(await shop.elsewhere(REVENUE_SERIES)).toEqual(rows.map(([second]) => [second, 0, 4.5]));
  },
  5 * IMPORT_MS_MAX,
);

test(
  'what a ClickHouse server refuses is told in its words, also in the middle of an answer, and never its password',
  async () => {
    const before = await shop.elsewhere();
    const failing = 'SELECT number + 1, throwIf(number = 2000000) FROM numbers(3000000) SETTINGS max_threads = 1, max_block_size = 10000';
    const wrong: [ReturnType<typeof clickhouse>, number, RegExp][] = [
      [clickhouse('SELECT nothing'), 1, /refuses the query \(code 47\): .*nothing/],
      [clickhouse('SELECT 1', { as: 'plummet:hunter2' }), 1, /does not let plummet in: the password is wrong/],
      [clickhouse('SELECT 1 AS a, 2 AS b, 3 AS c'), 2, /3 columns[\s\S]*The query gives two columns/],
      [clickhouse('SELECT 1795183388 - number, 1 FROM numbers(3)'), 2, /ascending order[\s\S]*ORDER BY second/],
      [clickhouse(failing), 1, /failed in the middle of its answer: Code: 395\. DB::Exception: .*throwIf/],
      [shop.import(['--clickhouse', 'http://ana:hunter2@127.0.0.1:9', '--query', 'SELECT 1']), 1, /127\.0\.0\.1:9 does not answer/],
    ];
    for (const [running, exit, message] of wrong) {
      const { code, stderr } = await running;
      expect(stderr).toMatch(message);
      expect(code).toBe(exit);
      expect(stderr).not.toMatch(/hunter2|right@|\n\s+at /);
    }
    expect(await shop.elsewhere()).toEqual(before);
  },
  5 * IMPORT_MS_MAX,
);

test(
  'a counter in Prometheus becomes the counts of its seconds, its restart left out of account',
  async () => {
    const { code, told, stderr } = await promql('sum(increase(orders_total[1s]))');
    expect({ code, stderr, told }).toMatchObject({
      code: 0,
      stderr: '',
      told: { rows: HOUR, from: START, to: START + HOUR - 1, missing: 0 },
    });
    const kept = await shop.elsewhere();
    const restart = HOUR / 2 - 1;
    expect(kept.filter(([second]) => second !== START + restart)).toEqual(
      counted(Array.from({ length: HOUR }, (_, at) => [START + at, countOf(at)] as const).filter(([second]) => second !== START + restart)),
    );
  },
  5 * IMPORT_MS_MAX,
);

test(
  'counts of minutes are spread over their seconds by chance, the same however often, and never smoother than traffic is',
  async () => {
    const query = 'sum(increase(slow_total[60s]))';
    const { code, told } = await promql(query, { step: '60s' });
    expect({ code, told }).toMatchObject({
      code: 0,
      told: { rows: HOUR, notes: [expect.stringMatching(/spread over their seconds by chance/)] },
    });
    const once = await shop.elsewhere();
    const minute = once.slice(120, 180).map(([, n]) => n);
    const exact = Array.from({ length: 60 }, (_, at) => countOf(120 + at)).reduce((sum, n) => sum + n, 0);
    expect(minute.reduce((sum, n) => sum + n, 0)).toBe(2 * exact);
    expect(dispersionOf(once.slice(0, HOUR / 2).map(([, n]) => n))).toBeGreaterThan(0.8);
    await promql(query, { step: '60s', to: START + HOUR / 2 });
    expect(await shop.elsewhere()).toEqual(once);
  },
  5 * IMPORT_MS_MAX,
);

test(
  'what Prometheus refuses, or has not, is told in its words and with what to write instead',
  async () => {
    const before = await shop.ask('SELECT count() AS n FROM rates FINAL');
    const wrong: [ReturnType<typeof promql>, number, RegExp][] = [
      [promql('sum(orders_total'), 1, /cannot read the query: .*parse error/],
      [promql('sum(orders_totals)'), 2, /gives no value from .*\n.*--step 60s/],
      [promql('slow_total'), 2, /gives 2 series[\s\S]*sum\(…\)/],
      [promql('-sum(orders_total)'), 2, /the value at .* is -\d+\.[\s\S]*increase/],
      [promql('sum(orders_total) / 0'), 2, /is Infinity/],
      [promql('sum(orders_total)', { login: '' }), 1, /does not let us in \(401\)[\s\S]*--bearer/],
      [promql('sum(orders_total)', { login: '', more: ['--bearer', '${SECRET}'] }), 1, /does not let us in \(401\)/],
    ];
    for (const [running, exit, message] of wrong) {
      const { code, stderr } = await running;
      expect(stderr).toMatch(message);
      expect(code).toBe(exit);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    expect(await shop.ask('SELECT count() AS n FROM rates FINAL')).toEqual(before);
  },
  5 * IMPORT_MS_MAX,
);

test(
  'a Prometheus that is busy is asked again, its warnings are told, and what is none is told as that',
  async () => {
    const answers: RequestListener[] = [
      (_, response) => void response.writeHead(503).end('{"status":"error","errorType":"unavailable","error":"starting"}'),
      (request, response) => {
        expect(request.headers.authorization).toBe('Bearer test');
        expect(request.url).toBe('/prometheus/api/v1/query_range');
        const result = [
          {
            metric: {},
            values: [
              [START + 1, '4'],
              [START + 2, 'NaN'],
              [START + 3, '6'],
              [START + 4, '7.5'],
            ],
          },
        ];
        response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result }, warnings: ['one store was away'] }));
      },
      (_, response) => void response.end('<html>Sign in</html>'),
    ];
    const proxy = createServer((request, response) => (answers.shift() as RequestListener)(request, response));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/prometheus/`;
    const flags = ['--prometheus', url, '--query', 'x', '--from', String(START), '--to', String(START + 4), '--bearer', '${SECRET}'];
    const asked = () => shop.import([...flags, '--missing', 'nodata'], { metric: 'revenue', env: { SECRET: 'test' } });
    expect((await asked()).told).toMatchObject({ rows: 3, missing: 1, notes: [expect.stringMatching(/it warns: one store was away/)] });
    expect(await asked()).toMatchObject({ code: 1, stderr: expect.stringMatching(/answers, but not as a Prometheus does: <html>/) });
  },
  5 * IMPORT_MS_MAX,
);

/** Variance over mean: 1 of counts by chance, less of smoother ones. */
function dispersionOf(counts: readonly number[]): number {
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  return counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / counts.length / mean;
}
