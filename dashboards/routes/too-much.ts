/** Refuses whoever asks for more history than can be read beside what pages people; one pace holds for all routes that read it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';
import type { Clock } from '../../platform/units/clock.ts';
import { refuse } from '../access/guard.ts';
import { type Asked, HistoryPace } from './history-pace.ts';

export type RefuseTooMuch = (request: FastifyRequest, reply: FastifyReply, asked: Pick<Asked, 'points' | 'seconds'>) => FastifyReply | null;

/** @returns what answers with a refusal, or with null where it may be answered */
export function refusingTooMuch(clock: Clock, telemetry: Telemetry): RefuseTooMuch {
  const pace = new HistoryPace();
  return (request, reply, asked) => {
    const who = { name: request.identity?.name ?? null, address: request.ip };
    const tooMuch = pace.tooMuch({ ...who, ...asked }, clock.monotonic());
    if (!tooMuch) return null;
    const { by, wait } = tooMuch;
    telemetry.historyRefused({ by });
    reply.header('retry-after', String(wait));
    const again = `Ask again in ${wait} s.`;
    if (by === 'everybody') return refuse(reply, 503, 'too-busy', `More history is asked for than can be read. ${again}`);
    return refuse(reply, 429, 'too-fast', `This is more history than one client may ask for. ${again} Longer steps cost less.`);
  };
}

/** As every route says it. */
export function refuseUnknown(reply: FastifyReply, name: string, near: string | null | undefined, names: readonly string[]): FastifyReply {
  const known = near ? `Did you mean "${near}"?` : `There are: ${names.slice(0, 20).join(', ') || 'none'}.`;
  return refuse(reply, 404, 'no-such-metric', `No metric is called "${name}". ${known}`);
}
