/** A client in a process of its own: sends the same requests over some connections, one at a time each, and counts the answers. */
import { connect } from 'node:net';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly contentType: string;
  readonly bodies: readonly string[];
  readonly requests: number;
  readonly connections: number;
}

export interface LoadDone {
  /** Answers by status. */
  readonly answers: Record<string, number>;
}

process.on('message', (load: Load) => {
  run(load).then((done: LoadDone) => process.send?.(done));
});

async function run({ port, path, contentType, bodies, requests, connections }: Load): Promise<LoadDone> {
  const texts = bodies.map((body) => {
    const head = [`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', `content-type: ${contentType}`, `content-length: ${Buffer.byteLength(body)}`];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
  const answers: Record<string, number> = {};
  let left = requests;
  const oneConnection = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const next = (): void => {
        if (left <= 0) {
          socket.end();
          resolve();
          return;
        }
        left--;
        socket.write(texts[left % texts.length] as Buffer);
      };
      socket.setNoDelay(true);
      // Answers are far smaller than a packet: each comes as one chunk, its status at the same place.
      socket.on('data', (chunk: Buffer) => {
        const status = chunk.toString('latin1', 9, 12);
        answers[status] = (answers[status] ?? 0) + 1;
        next();
      });
      socket.on('connect', next);
      socket.on('error', reject);
    });
  await Promise.all(Array.from({ length: connections }, oneConnection));
  return { answers };
}
