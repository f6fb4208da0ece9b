import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { problemOfNetwork, reachOf } from '../../../alerting/notify/allow-private.ts';
import { post } from '../../../alerting/notify/post.ts';
import { Hook } from '../../support/hook.ts';

let hook: Hook;
beforeEach(async () => {
  hook = await Hook.open();
});
afterEach(() => hook.close());

const never = new AbortController().signal;
const to = (url: string, mayReach = reachOf()) => post({ url, headers: {}, body: '{}', secrets: [], mayReach }, never);

test('addresses that are not of the public internet are refused, however they are spelled', async () => {
  const spellings = [
    '127.0.0.1',
    '127.1',
    '0x7f.1',
    '2130706433',
    '017700000001',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ];
  const others = [
    '[::7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '10.0.0.1',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '100.100.100.200',
  ];
  for (const host of [...spellings, ...others]) {
    const outcome = await to(`http://${host}:${hook.port}/`);
    expect(outcome, host).toMatchObject({ kind: 'failed', again: false, reason: expect.stringContaining('is not on the public internet') });
  }
  expect(hook.posted).toEqual([]);
});

test('a name is worth what it leads to', async () => {
  expect(await to(`http://localhost:${hook.port}/`)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('not on the public internet'),
  });
  expect(await to(`http://localhost:${hook.port}/`, reachOf(['127.0.0.0/8']))).toMatchObject({ kind: 'sent' });
  expect(hook.posted).toHaveLength(1);
});

test('what a name leads to is asked at the connection itself, each time', async () => {
  const asked: string[] = [];
  const once = (address: string): boolean => asked.push(address) === 1;
  const local = (address: string): boolean => /^(127\.|::1)/.test(address) && once(address);
  expect((await to(`http://localhost:${hook.port}/`, local)).kind).toBe('sent');
  expect((await to(`http://localhost:${hook.port}/`, local)).kind).toBe('failed');
  expect(hook.posted).toHaveLength(1);
});

test('networks of one’s own are reached where they are named, by every spelling', async () => {
  const mayReach = reachOf(['127.0.0.0/8', 'no network']);
  for (const host of ['127.0.0.1', '0x7f.1', '2130706433'])
    expect(await to(`http://${host}:${hook.port}/`, mayReach), host).toMatchObject({ kind: 'sent' });
  expect([mayReach('::ffff:7f00:1'), mayReach('127.1.2.3'), mayReach('10.0.0.1'), mayReach('::1')]).toEqual([true, true, false, false]);
});

test('addresses of the internet may be reached, by IPv4 and IPv6', () => {
  const mayReach = reachOf();
  for (const address of ['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808']) {
    expect(mayReach(address), address).toBe(true);
  }
});

test('a proxy of the environment is not asked', async () => {
  let asked = 0;
  const proxy = createServer((socket) => {
    asked++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
  const before = names.map((name) => process.env[name]);
  for (const name of names)
    process.env[name] = name.startsWith('NODE') ? '1' : `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
  try {
    expect(await to(hook.url, reachOf(['127.0.0.0/8']))).toMatchObject({ kind: 'sent' });
    expect(asked).toBe(0);
  } finally {
    names.forEach((name, i) => {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    });
    await new Promise((resolve) => proxy.close(resolve));
  }
});

test('what is no URL is a failure in words, without the text', async () => {
  const outcome = await to('canary nonsense');
  expect(outcome).toMatchObject({ kind: 'failed', again: false });
  expect(JSON.stringify(outcome)).not.toContain('canary');
});

test('a network is an address and its bits', () => {
  for (const right of ['10.0.0.0/8', '0.0.0.0/0', 'fd00::/8', '::1/128']) expect(problemOfNetwork(right), right).toBeNull();
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0/8', 'localhost/8', '10.0.0.0/-1', '']) {
    expect(problemOfNetwork(wrong), wrong).toContain('is no network');
  }
});
