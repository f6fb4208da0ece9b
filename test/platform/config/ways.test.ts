import { expect, test } from 'vitest';
import { waysOf } from '../../../alerting/oncall/contact.ts';
import { sentence } from '../../../platform/config/explain.ts';
import { type Loaded, loadConfig } from '../../../platform/config/load.ts';

const yaml = (rest: string): string => `metrics:\n  orders: { event: order.placed, kind: write, critical: true }\n${rest}`;
const load = (rest: string, env: Record<string, string> = {}): Loaded => loadConfig(yaml(rest), { file: 'plummet.yaml', env });
const errorsOf = (rest: string, env?: Record<string, string>): string[] => load(rest, env).errors.map(sentence);
const warningsOf = (rest: string): string[] => load(rest).warnings.map(({ path }) => path.join('.'));

const PEOPLE = `people:
  ana: { webhook: "\${ANA_HOOK}", email: ana@example.com, pagerduty: "\${PD_ANA}" }
  bo:
    pagerduty: { key: "\${PD_BO}", url: "https://events.eu.pagerduty.com/v2/enqueue" }
    webhook: { url: https://hooks.example.com/bo, secret: "\${BO_HOOK}" }
mail: { smtp: "smtp://127.0.0.1:25", from: plummet@example.com }
security: { allow_private: [10.0.0.0/8, "fd00::/8"] }
`;
const ENV = { ANA_HOOK: 'https://hooks.example.com/ana', PD_ANA: 'key-of-ana', PD_BO: 'key-of-bo', BO_HOOK: 'whsec_Ym8=' };

test('ways keep the order in which they are written, each with its address and its secret', () => {
  const { config, errors, warnings } = load(PEOPLE, ENV);
  expect([errors, warnings]).toEqual([[], []]);
  expect(waysOf(config?.people.ana)).toEqual([
    { channel: 'webhook', to: 'https://hooks.example.com/ana' },
    { channel: 'email', to: 'ana@example.com' },
    { channel: 'pagerduty', to: '', secret: 'key-of-ana' },
  ]);
  expect(waysOf(config?.people.bo)).toEqual([
    { channel: 'pagerduty', to: 'https://events.eu.pagerduty.com/v2/enqueue', secret: 'key-of-bo' },
    { channel: 'webhook', to: 'https://hooks.example.com/bo', secret: 'whsec_Ym8=' },
  ]);
  expect(config?.security).toEqual({ allow_private: ['10.0.0.0/8', 'fd00::/8'] });
});

test('an address that is none is told without it', () => {
  const env = { HOOK: 'ftp://canary.example.com/canary' };
  const told = [
    ...errorsOf('people: { ana: { webhook: "canary nonsense" } }'),
    ...errorsOf('people: { ana: { webhook: { url: "${HOOK}", secret: "${HOOK}" } } }', env),
    ...errorsOf('people: { ana: { pagerduty: { key: x, url: "canary" } } }'),
  ];
  expect(told).toEqual([
    expect.stringMatching(/^plummet\.yaml:3:\d+ {2}people\.ana\.webhook: is no URL; write https/),
    expect.stringMatching(/^plummet\.yaml:3:\d+ {2}people\.ana\.webhook\.url: begins with ftp:; write https/),
    expect.stringMatching(/^plummet\.yaml:3:\d+ {2}people\.ana\.pagerduty\.url: is no URL; write https/),
  ]);
  expect(told.join()).not.toContain('canary');
});

test('a network that is none, and keys that no way has, are told with their place', () => {
  const people = 'people: { ana: { webhook: https://hooks.example.com } }\n';
  expect(errorsOf(`${people}security: { allow_private: [10.0.0.0/8, 10.0.0.300/8] }`)).toEqual([
    expect.stringMatching(/^plummet\.yaml:4:\d+ {2}security\.allow_private\.1: "10\.0\.0\.300\/8" is no network; write/),
  ]);
  expect(errorsOf('people: { ana: { webhook: { url: https://hooks.example.com, secrt: x } } }')[0]).toContain('people.ana.webhook.secrt');
  expect(errorsOf('people: { ana: { pagerdty: x } }')[0]).toContain('`pagerdty` is not a key');
});

test('whoever can be reached without mail needs no mail server', () => {
  expect(errorsOf('people: { ana: { webhook: https://hooks.example.com } }')).toEqual([]);
});

test('secrets that stand in the YAML itself work, and are warned of', () => {
  expect(warningsOf('people: { ana: { pagerduty: key, webhook: { url: https://hooks.example.com, secret: whsec_eA== } } }')).toEqual([
    'people.ana.pagerduty',
    'people.ana.webhook.secret',
  ]);
  expect(warningsOf('people: { ana: { pagerduty: { key: key } } }')).toEqual(['people.ana.pagerduty.key']);
});
