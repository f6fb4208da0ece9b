/** kill -9 the alerter at a moment of its way from deciding to having sent: the other one, or the next, pages under the same key. */
import type { Refusal } from '../../support/mailbox.ts';
import type { WorldFault } from '../fault.ts';
import type { Round } from '../round.ts';
import type { World } from '../world.ts';

/** What an onlooker can see of that way, in its order. */
const MOMENTS = ['before it is opened', 'opened', 'intended', 'at the mail server', 'letter taken, unanswered', 'letter accepted'] as const;
/** A second before the rule is sure. */
const BEFORE_MS = 4300;
const WITHIN_MS = 30_000;
/** The journal may be read a moment after the mail server was reached. */
const READ_MS = 200;

/** Resolves at that moment, which it has to be told before the outage begins. */
function reached(moment: (typeof MOMENTS)[number], { mailbox }: World, round: Round): Promise<unknown> {
  switch (moment) {
    case 'before it is opened':
      return round.wait(BEFORE_MS);
    case 'opened':
    case 'intended':
      return round.line(moment);
    default:
      return new Promise<void>((resolve) => {
        const told = (answer: Refusal | 'hang' | null) => () => {
          resolve();
          return answer as null;
        };
        if (moment === 'at the mail server') mailbox.behave({ greeting: told(null) });
        else mailbox.behave({ data: told(moment === 'letter accepted' ? null : 'hang') });
      });
  }
}

export const F06: WorldFault = {
  id: 'F06',
  what: 'the alerter killed on its way to the page',
  means: 'kill -9 of the process whose line stands in the journal, or of a, at one of six moments that the seed picks',
  mayRepeat: true,
  async run(world, round) {
    const moment = world.pick(MOMENTS);
    const intended = round.line('intended').catch(() => undefined);
    const isThere = reached(moment, world, round).catch(() => undefined);
    await round.outage();
    await Promise.race([isThere, round.wait(WITHIN_MS)]);
    const line = await Promise.race([intended, round.wait(moment === 'before it is opened' ? 0 : READ_MS)]);
    const replica = line?.by.startsWith('b') ? 'b' : 'a';
    const victim = world.member('alerting', replica);
    await victim.kill();
    world.mailbox.behave({});
    try {
      await round.paged();
    } finally {
      await victim.start();
    }
    return { text: `${replica}, ${moment}`, ok: true };
  },
};
