/** A small gateway over real HTTP: takes batches, answers as a test says, and counts the connections it has. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Batch, decodeBatch } from '@plummet/sdk/batch';

export interface Arrived {
  readonly batch: Batch;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

export class Gateway {
  readonly arrived: Arrived[] = [];
  readonly sockets = new Set<Socket>();
  connections = 0;
  probes = 0;
  ready = 200;
  answer: (response: ServerResponse, arrived: Arrived) => void = (response) =>
    void response.writeHead(202).end('{"accepted":1,"rejected":[]}');
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#take(request, response));
    this.#server.on('connection', (socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** @param port  left out: one that is free */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** As a process that was killed: every connection breaks. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  get amounts(): unknown[] {
    return this.arrived.flatMap(({ batch }) => batch.events.map(([, , data]) => data?.amount));
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') {
      this.probes++;
      response.writeHead(this.ready).end();
      return;
    }
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const arrived = { batch: decodeBatch(text), url: request.url, headers: request.headers };
      this.arrived.push(arrived);
      this.answer(response, arrived);
    });
  }
}

/** Waits for what is to come true in real time; the deadline is generous, because the machine may be busy. */
export async function eventually(what: string, isTrue: () => boolean, withinMs = 10_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(`in ${withinMs} ms it did not come true that ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
