/** Ports that a process can be started on again and again. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give to whoever connects: such a one is taken by any connection while a process is down. */
const FIRST = 10_000;
const LAST = 32_000;
const TRIES_MAX = 100;
/** What is handed out is not listened at yet, so nobody but this knows that it is spoken for. */
const given = new Set<number>();

/** Free a moment ago: for a process that has to come back at the same address. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = randomInt(FIRST, LAST);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${TRIES_MAX} ports between ${FIRST} and ${LAST} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
