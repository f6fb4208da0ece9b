/** The built pages: hashed files for ever, the one HTML never from a cache. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

const A_YEAR_SECONDS = 31_536_000;
/** Addresses that the page itself knows how to show. */
const PAGES = ['/', '/incidents/:id', '/m/:name'];

/** @throws where the pages are not built */
export const pageRoutes: FastifyPluginAsync<{ folder: string }> = async (app, { folder }) => {
  if (!existsSync(join(folder, 'index.html'))) throw new Error(`the dashboard is not built in ${folder}: run \`npm run build\``);
  await app.register(fastifyStatic, { root: folder, serve: false });

  app.get<{ Params: { '*': string } }>('/assets/*', { config: { need: 'open' } }, async (request, reply) => {
    return reply.sendFile(`assets/${request.params['*']}`, { maxAge: A_YEAR_SECONDS * 1000, immutable: true });
  });

  const page = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    return reply.sendFile('index.html', { cacheControl: false }).header('cache-control', 'no-cache');
  };
  for (const url of PAGES) app.get(url, { config: { need: 'look' } }, page);
};
