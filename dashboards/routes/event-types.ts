/** What arrives and is watched by nobody. */
import type { FastifyPluginAsync } from 'fastify';
import type { Live } from '../live.ts';
import type { EventTypesAnswer } from '../live-frames.ts';

export const eventTypeRoutes: FastifyPluginAsync<{ live: Live }> = async (app, { live }) => {
  app.get('/api/event-types', { config: { need: 'look' } }, async (_request, reply): Promise<EventTypesAnswer> => {
    await live.ready;
    const { types, otherEvents } = live.arriving();
    reply.header('cache-control', 'no-store');
    const moment = (ms: number): string => new Date(ms).toISOString();
    return {
      types: types.map(({ type, rate, events, firstAt, lastAt }) => ({
        ...{ type, events, first: moment(firstAt), last: moment(lastAt) },
        rate: Number(rate.toPrecision(4)),
      })),
      otherEvents,
    };
  });
};
