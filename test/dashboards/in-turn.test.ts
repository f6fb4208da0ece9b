import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { inTurn, REQUESTS_AHEAD_MAX } from '../../dashboards/access/in-turn.ts';
import { telemetryTo } from '../../platform/telemetry/catalogue.ts';
import { eventually } from '../support/process.ts';

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close();
});

interface Begun {
  readonly path: string;
  readonly response: ServerResponse;
}

interface Shop {
  /** In the order in which the server began with them. */
  readonly begun: Begun[];
  readonly told: string[];
  client(...paths: string[]): { readonly socket: Socket; text(): string };
}

/** A server that answers when the test says so. */
async function open(): Promise<Shop> {
  const begun: Begun[] = [];
  const told: string[] = [];
  const server = createServer((request, response) => void begun.push({ path: request.url ?? '', response }));
  inTurn(
    server,
    telemetryTo((name) => told.push(name)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  const client = (...paths: string[]): { socket: Socket; text(): string } => {
    let text = '';
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.setEncoding('latin1').on('error', () => undefined);
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`).join(''));
    closing.push(() => socket.destroy());
    return { socket, text: () => text };
  };
  return { begun, told, client };
}

const paths = (shop: Shop): string[] => shop.begun.map(({ path }) => path);

test('a connection has one request answered at a time, in its order, and the next begins when that one is over', async () => {
  const shop = await open();
  const { text } = shop.client('/a1', '/a2', '/a3');
  for (const [i, path] of ['/a1', '/a2', '/a3'].entries()) {
    await eventually(path, 5000, async () => shop.begun.length === i + 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(paths(shop)).toHaveLength(i + 1);
    shop.begun[i]?.response.end(path);
  }
  await eventually('three answers', 5000, async () => /a1.*a2.*a3/s.test(text()));
});

test('another connection does not wait for what one has sent ahead', async () => {
  const shop = await open();
  shop.client(...Array.from({ length: 30 }, (_, i) => `/a${i}`));
  await eventually('the first', 5000, async () => shop.begun.length === 1);
  const other = shop.client('/b');
  await eventually('the other', 5000, async () => paths(shop).includes('/b'));
  expect(paths(shop)).toEqual(['/a0', '/b']);
  shop.begun[1]?.response.end('of the other');
  await eventually('its answer', 5000, async () => other.text().includes('of the other'));
});

test('of many connections each is begun with before any is begun with twice', async () => {
  const shop = await open();
  const names = Array.from({ length: 40 }, (_, i) => `/${i}-`);
  for (const name of names) shop.client(`${name}1`, `${name}2`);
  await eventually('all of them', 5000, async () => shop.begun.length === names.length);
  for (const { response } of [...shop.begun]) response.end();
  await eventually('all of them again', 5000, async () => shop.begun.length === 2 * names.length);
  expect(new Set(paths(shop).slice(0, 40))).toEqual(new Set(names.map((name) => `${name}1`)));
});

test('as many as are allowed may be sent ahead; a connection that sends one more is ended and counted', async () => {
  const shop = await open();
  const ahead = Array.from({ length: 1 + REQUESTS_AHEAD_MAX }, (_, i) => `/${i}`);
  const good = shop.client(...ahead);
  for (let i = 0; i < ahead.length; i++) {
    await eventually(`request ${i}`, 5000, async () => shop.begun.length === i + 1);
    shop.begun[i]?.response.end();
  }
  expect(good.socket.destroyed).toBe(false);
  expect(shop.told).toEqual([]);

  const bad = shop.client(...ahead, '/one-more');
  await eventually('its end', 5000, async () => bad.socket.closed);
  expect(shop.told).toEqual(['connectionEnded']);
});
