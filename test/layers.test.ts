import { expect, test } from 'vitest';
import { importsOf, type Source, sources } from './support/sources.ts';

const IDEAS = [
  'detectors/counting/',
  'detectors/planned/',
  'detectors/steep-drop/',
  'detectors/segments/',
  'detectors/slow-slide/',
  'detectors/backtest/',
  'detectors/past/',
  'detectors/compound/',
  'detectors/tail/',
  'detectors/tuning/',
  'alerting/incident/',
  'alerting/findings/',
  'alerting/oncall/',
  'ingest/admission/',
];
const LIBRARIES = ['kafkajs', 'fastify', '@fastify/', 'nodemailer', 'typebox', 'yaml', 'pino', 'prom-client'];

/** Layers from the bottom; a file imports only from its own layer's listed targets and from below. */
const LAYERS: { name: string; is: RegExp; mayImport: string[] }[] = [
  { name: 'sdk to Kafka', is: /^sdk\/src\/kafka\.ts$/, mayImport: ['sdk/src/', 'node:', 'kafkajs'] },
  { name: 'sdk', is: /^sdk\/src\//, mayImport: ['sdk/src/', 'node:'] },
  { name: 'units', is: /^platform\/units\//, mayImport: ['platform/units/', '@plummet/sdk/clock', '@plummet/sdk/batch'] },
  {
    name: 'topics',
    is: /^platform\/topics\//,
    mayImport: ['platform/topics/', 'platform/units/', 'platform/eventlog/eventlog.ts', '@plummet/sdk/batch', 'node:buffer'],
  },
  {
    name: 'ideas',
    is: new RegExp(`^(${IDEAS.join('|')})`),
    mayImport: [
      ...IDEAS,
      'platform/topics/',
      'platform/units/',
      'platform/eventlog/eventlog.ts',
      '@plummet/sdk/batch',
      'typebox',
      'simple-statistics',
      'ical.js',
    ],
  },
  {
    name: 'rasters',
    is: /^platform\/charts\/(png|raster-thread|indexed-png)\.ts$/,
    mayImport: ['platform/charts/', 'platform/units/clock.ts', 'node:', '@resvg/resvg-wasm'],
  },
  { name: 'charts', is: /^platform\/charts\//, mayImport: ['platform/charts/', 'platform/units/', ...IDEAS] },
  {
    name: 'platform',
    is: /^platform\/(config|eventlog|store|telemetry)\//,
    mayImport: [
      'platform/',
      ...IDEAS,
      'alerting/notify/email/options.ts',
      'alerting/notify/webhook/options.ts',
      'alerting/notify/allow-private.ts',
      '@plummet/sdk/',
      'node:',
      ...LIBRARIES,
      '@clickhouse/client',
      'chdb',
      'fzstd',
    ],
  },
  {
    name: 'the edges with I/O of their own',
    is: /^(alerting\/(delivery|notify)|dashboards\/(routes|access))\//,
    mayImport: [
      ...[
        'alerting/delivery/',
        'alerting/notify/',
        'dashboards/routes/',
        'dashboards/access/',
        'dashboards/live.ts',
        'dashboards/live-frames.ts',
      ],
      ...[...IDEAS, 'platform/', 'node:', ...LIBRARIES],
    ],
  },
  {
    name: 'steps of ingest',
    is: /^ingest\/[^/]+\.ts$/,
    mayImport: ['ingest/', 'detectors/counting/', 'platform/', '@plummet/sdk/batch', 'node:', ...LIBRARIES],
  },
  { name: 'steps of detectors', is: /^detectors\/[^/]+\.ts$/, mayImport: ['detectors/', 'platform/', '@plummet/sdk/batch', 'node:'] },
  { name: 'steps of alerting', is: /^alerting\/[^/]+\.ts$/, mayImport: ['alerting/', 'platform/', 'node:'] },
  {
    name: 'steps of dashboards',
    is: /^dashboards\/[^/]+\.ts$/,
    mayImport: ['dashboards/', ...IDEAS, 'alerting/delivery/', 'platform/', 'node:', ...LIBRARIES],
  },
  {
    name: 'web',
    is: /^dashboards\/web\//,
    mayImport: [
      'dashboards/web/',
      'dashboards/live-frames.ts',
      'platform/units/',
      'platform/charts/',
      'preact',
      '@preact/',
      'uplot',
      '@fontsource',
      'vite',
      'node:',
    ],
  },
];

/** Steps never import each other: roles meet through topics. Only app/ knows them all. */
const STEPS = /^(ingest\/(gateway|archive)|detectors\/(count|tick|detect|record)|alerting\/(decide|page|chronicle|digest|watchdog))\.ts$/;

/** A step's own helper files stand beside it. */
const IMPURE = /^(node:|pino|fastify|nodemailer|prom-client)/;
const PURE_ROLES = new RegExp(`^(${IDEAS.filter((idea) => idea !== 'ingest/admission/').join('|')})`);
const PURE_CHARTS = /^platform\/charts\/(?!(png|raster-thread|indexed-png)\.ts$)/;
const isPure = (path: string): boolean => PURE_ROLES.test(path) || PURE_CHARTS.test(path);

function trespasses(source: Source): string[] {
  const layer = LAYERS.find(({ is }) => is.test(source.path));
  const found: string[] = [];
  for (const target of importsOf(source)) {
    if (layer && !layer.mayImport.some((allowed) => target.startsWith(allowed)))
      found.push(`${source.path} (${layer.name}) may not import ${target}`);
    if (STEPS.test(target) && !/^(app|test|bench)\//.test(source.path))
      found.push(`${source.path}: only app/ puts steps together, not ${target}`);
    if (isPure(source.path) && IMPURE.test(target)) found.push(`${source.path}: ideas are pure, ${target} is not`);
    if (isPure(source.path) && /^platform\/(telemetry|store|config)|units\/clock\.ts/.test(target))
      found.push(`${source.path}: ideas know no ${target}`);
  }
  return found;
}

test('imports go only downwards', () => {
  const own = sources(/^(sdk\/src|platform|ingest|detectors|alerting|dashboards|app)\/.*\.tsx?$/);
  expect(own.length).toBeGreaterThan(20);
  expect(own.flatMap(trespasses)).toEqual([]);
});

test('the layer test sees what it is there for', () => {
  const from = (path: string, target: string): string[] => trespasses({ path, text: `import { a } from '${target}';\n` });
  expect(from('detectors/steep-drop/rate.ts', 'node:fs')).not.toEqual([]);
  expect(from('detectors/steep-drop/rate.ts', '../../platform/telemetry/logger.ts')).not.toEqual([]);
  expect(from('platform/units/share.ts', '../topics/counts.ts')).not.toEqual([]);
  expect(from('detectors/detect.ts', '../ingest/gateway.ts')).not.toEqual([]);
  expect(from('alerting/page.ts', './decide.ts')).not.toEqual([]);
  expect(from('platform/charts/fall.ts', '../telemetry/logger.ts')).not.toEqual([]);
  expect(from('platform/charts/fall.ts', 'node:fs')).not.toEqual([]);
  expect(from('platform/charts/png.ts', 'node:fs')).toEqual([]);
  expect(from('detectors/detect.ts', './steep-drop/steep-drop.ts')).toEqual([]);
});
