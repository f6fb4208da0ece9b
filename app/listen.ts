/** Binds the one HTTP port of a process. */
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** @param port  0 takes a free one. @returns the address, as people open it. @throws the system's error where it cannot be bound */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  await server.listen({ host, port });
  const { port: bound } = server.server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}
