/** Binds the one HTTP port. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * @returns where it can be reached from this machine
 * @throws the system's error where the address cannot be bound
 */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  await server.listen({ host, port });
  const { port: bound } = server.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
