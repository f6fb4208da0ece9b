/** A browser's end of a live stream, as events in the order in which they come. */
import { get, type IncomingMessage } from 'node:http';

export interface SseEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

export class SseClient {
  readonly events: SseEvent[] = [];
  readonly comments: string[] = [];
  readonly headers: IncomingMessage['headers'];
  /** Resolves when the server has ended the stream or cut it. */
  readonly closed: Promise<void>;
  readonly #response: IncomingMessage;
  readonly #waiting = new Set<() => void>();
  #text = '';

  private constructor(response: IncomingMessage) {
    this.#response = response;
    this.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => this.#read(chunk));
    response.on('error', () => undefined);
    this.closed = new Promise((resolve) => response.on('close', resolve));
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
    return new Promise((resolve, reject) => {
      get(url, { headers, agent: false }, (response) => resolve(new SseClient(response))).on('error', reject);
    });
  }

  of<Data>(event: string): Data[] {
    return this.events.filter((one) => one.event === event).map(({ data }) => data as Data);
  }

  /** Waits until what was read so far passes; the test's own deadline ends a wait in vain. */
  async until(passes: () => boolean): Promise<void> {
    while (!passes()) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Reads no more, as somebody on a slow line. */
  pause(): void {
    this.#response.pause();
  }

  resume(): void {
    this.#response.resume();
  }

  close(): void {
    this.#response.destroy();
  }

  #read(chunk: string): void {
    this.#text += chunk;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) this.#take(block);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #take(block: string): void {
    if (block.startsWith(':')) {
      this.comments.push(block);
      return;
    }
    const field = (name: string): string | null => {
      const line = block.split('\n').find((one) => one.startsWith(`${name}: `));
      return line ? line.slice(name.length + 2) : null;
    };
    const data = field('data');
    if (data !== null) this.events.push({ event: field('event') ?? 'message', id: field('id'), data: JSON.parse(data) });
  }
}
