/** A real HTTP server that keeps what is posted to it, and misbehaves as told: somebody's webhook in tests. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HookAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class Hook {
  readonly posted: Posted[] = [];
  /** `hang`: nothing is answered; `drip`: the status comes, and of the body a byte now and then. */
  answer: HookAnswer | 'hang' | 'drip' | 'cut' = { status: 200 };
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.posted.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
        if (this.answer === 'hang') return;
        if (this.answer === 'cut') return void request.socket.destroy();
        if (this.answer === 'drip') return void response.writeHead(200).write('o');
        response.writeHead(this.answer.status, this.answer.headers).end(this.answer.body);
      });
    });
  }

  static async open(host = '127.0.0.1'): Promise<Hook> {
    const hook = new Hook();
    await new Promise<void>((resolve) => hook.#server.listen(0, host, resolve));
    return hook;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  bodies<T>(): T[] {
    return this.posted.map(({ body }) => JSON.parse(body) as T);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}
