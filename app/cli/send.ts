/** `plummet send TYPE [field=value…]`: one event from a shell. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { EVENT_TYPE } from '@plummet/sdk/batch';
import { Command } from 'commander';
import { type Output, UserError } from './output.ts';

const TIME_OUT_MS = 5000;

interface SendOptions {
  url: string;
  data?: string;
  key?: string;
  json?: boolean;
}

export function sendCommand(output: Output): Command {
  return new Command('send')
    .description('send one event from a shell')
    .argument('<type>', 'event type, like order.placed')
    .argument('[fields...]', 'field=value; numbers, true, false and null are read as such')
    .option('--url <url>', 'where Plummet listens', process.env.PLUMMET_URL ?? 'http://127.0.0.1:8080')
    .option('--data <json>', 'the fields as JSON: \'{"amount": 42}\'')
    .option('--key <key>', 'write key, where `keys:` is set', process.env.PLUMMET_KEY)
    .option('--json', 'print the answer as JSON')
    .action((type: string, fields: string[], options: SendOptions) => send(output, type, fields, options));
}

async function send(output: Output, type: string, fields: string[], { url, data, key, json }: SendOptions): Promise<void> {
  if (!EVENT_TYPE.test(type)) {
    throw new UserError(`"${type}" is no event type.`, { hint: 'Lower case words with dots: order.placed.' });
  }
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: `cli/${hostname()}`,
    type,
    datacontenttype: 'application/json',
    data: { ...parseData(data), ...Object.fromEntries(fields.map(parseField)) },
  };
  const response = await fetch(new URL('/v1/events', url), {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(TIME_OUT_MS),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new UserError(`Plummet does not answer at ${url}: ${cause}`, {
      hint: 'Start it with `plummet start`, or name it with --url.',
      exit: 1,
    });
  });
  const text = await response.text();
  if (response.status !== 202) {
    throw new UserError(`refused (${response.status}): ${messageOf(text)}`, { exit: 1 });
  }
  if (json) output.line(text);
  else output.line(`${output.mark.good} ${type} taken`);
}

function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string; hint?: string } };
    return [error?.message, error?.hint].filter(Boolean).join(' ') || text;
  } catch {
    return text;
  }
}

function parseData(data: string | undefined): object {
  if (data === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(data);
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed;
  } catch {
    // Told below, with the form that is wanted.
  }
  throw new UserError(`--data is no JSON object: ${data}`, { hint: `Write it like --data '{"amount": 42}'.` });
}

function parseField(field: string): [string, unknown] {
  const at = field.indexOf('=');
  if (at < 1) throw new UserError(`"${field}" is not field=value.`, { hint: 'Write it like amount=42.' });
  const text = field.slice(at + 1);
  const plain = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : { true: true, false: false, null: null }[text];
  return [field.slice(0, at), plain === undefined ? text : plain];
}
