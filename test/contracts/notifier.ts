/** What every notifier keeps, whatever it sends by: the same cases over all of them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Message, Notifier } from '../../alerting/notify/notifier.ts';

/** How the other side can behave, and what was seen of it there. */
export interface NotifierWorld {
  readonly notifier: Notifier;
  readonly message: Message;
  /** Texts that must never stand in a reason or an answer. */
  readonly secrets: readonly string[];
  /** The other side takes everything. */
  mends(): void;
  /** It refuses in a manner that may pass; false where this channel knows no such thing. */
  refusesOnce(): boolean;
  /** It refuses in a manner that will not pass; false where this channel knows no such thing. */
  refusesForGood(): boolean;
  /** It never answers; false where this channel knows no such thing. */
  hangs(): boolean;
  /** Keys of the messages that arrived, in order. */
  arrived(): string[];
  close(): Promise<void>;
}

/** An attempt ends within three seconds; told to end, it does so at once. */
const ENDS_MS = 1000;

export function notifierContract(name: string, open: () => Promise<NotifierWorld>): void {
  describe(`${name} as a notifier`, () => {
    let world: NotifierWorld;
    beforeAll(async () => {
      world = await open();
    });
    afterAll(() => world.close());

    const send = (signal = new AbortController().signal) => world.notifier.send(world.message, signal);

    test('says that it sent what arrived', async () => {
      world.mends();
      const before = world.arrived().length;
      expect((await send()).kind).toBe('sent');
      expect(world.arrived().slice(before)).toEqual([world.message.key]);
    });

    test('sends the same key at each try, so that a receiver knows a repeat', async () => {
      world.mends();
      const before = world.arrived().length;
      await send();
      await send();
      expect(world.arrived().slice(before)).toEqual([world.message.key, world.message.key]);
    });

    test('says of a passing refusal that it may be tried again', async () => {
      if (world.refusesOnce()) expect(await send()).toMatchObject({ kind: 'failed', again: true });
    });

    test('says of a refusal for good that the same way will not do', async () => {
      if (world.refusesForGood()) expect(await send()).toMatchObject({ kind: 'failed', again: false });
    });

    test('ends when it is told to, whatever the other side does, and may be tried again', async () => {
      if (!world.hangs()) return;
      const told = new AbortController();
      const sending = send(told.signal);
      setTimeout(() => told.abort(), 50);
      const outcome = await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, 50 + ENDS_MS, 'still sending'))]);
      expect(outcome).toMatchObject({ kind: 'failed', again: true });
    });

    test('tells no secret, whatever happens', async () => {
      world.refusesForGood();
      const told = JSON.stringify(await send());
      for (const secret of world.secrets) expect(told).not.toContain(secret);
    });
  });
}
