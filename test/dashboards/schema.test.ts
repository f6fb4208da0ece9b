import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { schemaText } from '../../app/cli/schema-file.ts';
import { schemaRoutes } from '../../dashboards/routes/schema.ts';
import { plummet } from '../support/process.ts';

test('a running Plummet, the command line and the package have the same schema', async () => {
  const app = Fastify();
  await app.register(schemaRoutes);
  const { statusCode, headers, body } = await app.inject({ url: '/plummet.schema.json' });
  expect([statusCode, headers['content-type']]).toEqual([200, 'application/schema+json; charset=utf-8']);
  expect(body).toBe(schemaText());
  expect((await plummet(['check', '--schema'])).stdout).toBe(body);
  await app.close();
});
