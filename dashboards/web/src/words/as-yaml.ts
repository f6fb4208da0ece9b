/** A metric for an event type, as lines of plummet.yaml. */

/** Verbs after which the noun alone says what is counted: `order.placed` are orders. */
const MADE = /^(placed|created|registered|added|made|sent|submitted|completed|opened|received|started|published|paid|booked|uploaded)$/;

/** What YAML would take for a number, or for nothing. */
const NO_TEXT = /^([\d._e-]+|null|true|false)$/;

/** @param taken  names of metrics that there are */
export function metricNameOf(type: string, taken: readonly string[]): string {
  const parts = type.split('.');
  const [noun = type, verb] = parts.length > 1 ? parts.slice(-2) : parts;
  const things = pluralOf(noun.replaceAll('_', ' '));
  const names =
    verb === undefined || MADE.test(verb) ? [things, `${things} ${verb ?? ''}`.trim()] : [`${things} ${verb.replaceAll('_', ' ')}`];
  return names.find((name) => !taken.includes(name)) ?? type;
}

/** Indented as it stands under `metrics:`; with that line where there is none yet. */
export function asYaml(type: string, taken: readonly string[]): string {
  const lines = [
    `  ${metricNameOf(type, taken)}:`,
    `    event: ${NO_TEXT.test(type) ? `"${type}"` : type}`,
    '    kind: write',
    '    # critical: true  # a steep fall wakes people',
  ];
  return `${(taken.length === 0 ? ['metrics:', ...lines] : lines).join('\n')}\n`;
}

function pluralOf(noun: string): string {
  if (/([^aeiou])y$/.test(noun)) return noun.replace(/y$/, 'ies');
  if (/s$/.test(noun)) return noun;
  return /(x|z|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
