import { connect, UsageError } from '@plummet/sdk';
import { expect, test } from 'vitest';
import { outcomeOf } from '../../sdk/src/answers.ts';
import { producerOf } from '../../sdk/src/producer.ts';
import { ManualClock } from '../support/clock.ts';
import { Post } from './post.ts';

test('wrong options are errors that say what is right', () => {
  const wrong: [object, RegExp][] = [
    [{}, /one of url, urls and via/],
    [{ url: 'http://127.0.0.1:1', via: new Post() }, /one of url, urls and via/],
    [{ url: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] }, /give several as urls/],
    [{ url: 'plummet:8080' }, /"plummet:8080": it takes one such as 'http/],
    [{ url: '' }, /it takes one such as/],
    [{ url: 'https://ana:secret@plummet.example.com' }, /give the key as key/],
    [{ urls: [] }, /empty list/],
    [{ via: new Post(), queueEventsMax: 0 }, /queueEventsMax.*whole number of 1 or more/],
    [{ via: new Post(), queueBytesMax: 1.5 }, /queueBytesMax/],
    [{ via: new Post(), send: 'amount' }, /takes a list of fields/],
    [{ url: 'http://127.0.0.1:1', key: 'two words\n' }, /key.*without spaces/],
  ];
  for (const [options, message] of wrong) {
    expect(() => connect({ clock: new ManualClock(), ...options } as never)).toThrow(message);
    expect(() => connect({ clock: new ManualClock(), ...options } as never)).toThrow(UsageError);
  }
});

test('a producer is a name and 16 random letters of its own, whatever name is given', () => {
  const letters = /^[^#]+#[0-9a-z]{16}$/;
  expect(producerOf('shop-web-3')).toMatch(/^shop-web-3#[0-9a-z]{16}$/);
  expect(producerOf()).toMatch(letters);
  for (const name of ['', ' ', '\n\u202e', '\ud800']) expect(producerOf(name)).toMatch(/^app#/);
  expect(producerOf('a'.repeat(1000)).length).toBeLessThanOrEqual(200);
  expect(producerOf('shop', () => 0)).toBe('shop#0000000000000000');
  expect(producerOf('shop', () => 1 - 1e-9)).toBe(`shop#${(2n ** 80n - 1n).toString(36)}`);
  expect(new Set(Array.from({ length: 1000 }, () => producerOf('shop'))).size).toBe(1000);
});

test('with an injected random the producer is the same in every run; otherwise no two are', () => {
  const made = (): string => connect({ via: new Post(), clock: new ManualClock(), random: () => 0.25, producer: 'shop' }).stats().producer;
  expect(made()).toBe(made());
  const own = (): string => connect({ via: new Post(), clock: new ManualClock(), producer: 'shop' }).stats().producer;
  expect(own()).not.toBe(own());
});

test('an answer tells what to do with the batch', () => {
  const wall = Date.UTC(2025, 10, 21, 14, 0, 0);
  const of = (status: number, retryAfter?: string, text = '') => outcomeOf('http://gw', { status, retryAfter, text }, wall);
  expect(of(202)).toEqual({ is: 'accepted' });
  for (const status of [400, 413, 415, 422]) expect(of(status)).toMatchObject({ is: 'refused' });
  expect(of(400, undefined, '{"error":{"message":"tally: lies"}}')).toEqual({ is: 'refused', why: 'http://gw answered 400, tally: lies' });
  expect(of(401)).toMatchObject({ is: 'later', advice: expect.stringMatching(/right key/) });
  expect(of(403)).toMatchObject({ is: 'later', advice: expect.stringMatching(/may not send/) });
  const notAllowed = '{"error":{"code":"type-not-allowed","message":"may not","field":"tally.order.placed"}}';
  expect(of(403, undefined, notAllowed)).toEqual({ is: 'refused', why: 'http://gw answered 403, may not', type: 'order.placed' });
  expect(of(403, undefined, 'null')).toMatchObject({ is: 'later' });
  for (const status of [200, 204, 301, 404])
    expect(of(status)).toMatchObject({ is: 'later', advice: expect.stringMatching(/address of Plummet/) });
  expect(of(429, '1')).toEqual({ is: 'later', why: 'http://gw answered 429', stay: true, afterMs: 1000 });
  expect(of(503, 'Fri, 21 Nov 2025 14:00:02 GMT')).toEqual({ is: 'later', why: 'http://gw answered 503', afterMs: 2000 });
  expect(of(503, 'soon')).toEqual({ is: 'later', why: 'http://gw answered 503' });
  expect(of(500)).toEqual({ is: 'later', why: 'http://gw answered 500' });
});
