/** `GET /plummet.schema.json`: what a YAML may say, for editors; open to all, because nothing of ours is in it. */
import type { FastifyPluginAsync } from 'fastify';
import { jsonSchema } from '../../platform/config/json-schema.ts';

export const schemaRoutes: FastifyPluginAsync = async (app) => {
  const body = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
  app.get('/plummet.schema.json', { config: { need: 'open' } }, async (_request, reply) => {
    return reply.type('application/schema+json; charset=utf-8').header('cache-control', 'no-cache').send(body);
  });
};
