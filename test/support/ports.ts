/** Ports that a process can be started on again and again. */
import { type AddressInfo, createServer } from 'node:net';

/** Free a moment ago: for a process that has to come back at the same address. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
