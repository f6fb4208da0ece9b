import { expect, test } from 'vitest';
import { peerSaid } from '../../../alerting/incident/peer-words.ts';
import { PeerSeconds } from '../../../alerting/incident/peers.ts';
import type { WatchedMetric } from '../../../alerting/incident/severity.ts';
import type { Signal } from '../../../platform/topics/signals.ts';

const metric = (name: string, kind: 'write' | 'read', peers: string[] = []): WatchedMetric => ({
  name,
  series: `${name}~1`,
  kind,
  critical: kind === 'write',
  peers,
});
const orders = metric('orders', 'write', ['visits']);
const said = (rate: number | null, usual: number | null, state: Signal['state'] = 'normal') => ({ series: 'visits~1', state, rate, usual });

function seconds(): PeerSeconds {
  const peers = new PeerSeconds();
  peers.watch([orders, metric('visits', 'read')]);
  return peers;
}

test('a peer is told by its newest second that is no later than the one that decided', () => {
  const peers = seconds();
  peers.take(100, said(118, 120));
  peers.take(101, said(60, 120));
  peers.take(102, said(10, 120));
  expect(peers.of(orders, 101)).toEqual([{ metric: 'visits', kind: 'read', state: 'normal', drop: 0.5, rate: 60, usual: 120 }]);
});

test('of two twins the first that says anything counts', () => {
  const peers = seconds();
  peers.take(100, said(null, null, 'blind'));
  peers.take(100, said(118, 120));
  peers.take(100, said(1, 120));
  expect(peers.of(orders, 100)[0]?.rate).toBe(118);
});

test('blind, warming, silent for long or never heard of is unknown, and nothing is waited for', () => {
  for (const state of ['blind', 'warming'] as const) {
    const peers = seconds();
    peers.take(100, said(118, 120, state));
    expect(peers.of(orders, 100)).toMatchObject([{ state, drop: null }]);
  }
  const peers = seconds();
  expect(peers.of(orders, 100)).toMatchObject([{ state: 'blind', drop: null }]);
  peers.take(89, said(118, 120));
  expect(peers.of(orders, 100)).toMatchObject([{ drop: null }]);
  expect(peers.of(orders, 99)).toMatchObject([{ drop: expect.closeTo(0.0167, 3) }]);
});

test('a metric without peers, or whose peer is watched no more, tells none', () => {
  const peers = seconds();
  expect(peers.of(metric('visits', 'read'), 100)).toEqual([]);
  peers.watch([orders]);
  expect(peers.of(orders, 100)).toEqual([]);
});

const fell = { metric: 'orders', drop: 0.62 };
const words = (kind: 'read' | 'write', drop: number | null, state: Signal['state'] = 'normal') => {
  const rates = drop === null ? { rate: null, usual: null } : { rate: 100 * (1 - drop), usual: 100 };
  return peerSaid({ metric: kind === 'read' ? 'visits' : 'payments', kind, state, drop, ...rates }, fell);
};

test('it is told what the peer means', () => {
  expect(words('read', 0.02)).toEqual({
    change: 'visits \u22122%, orders \u221262%',
    rates: '98/s, usual 100/s',
    meaning: 'visits as usual: people come, only orders fell',
  });
  expect(words('read', 0.58).meaning).toBe('visits fell too: traffic is gone, not only orders');
  expect(words('write', 0.02).meaning).toBe('payments as usual: only orders fell');
  expect(words('write', 0.6).meaning).toBe('payments fell too: it is not orders alone');
  expect(words('read', 0.2).meaning).toBe('visits fell too, but by far less');
  expect(words('read', -0.4).meaning).toBe('visits above usual: only orders fell');
  expect(words('read', null, 'blind')).toEqual({
    change: 'visits unknown, orders \u221262%',
    rates: '',
    meaning: 'there is no data of it',
  });
});
