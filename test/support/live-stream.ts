/** `GET /api/live` as a browser hears it: the frames of one stream, by event name. */
import { get } from 'node:http';

export class LiveStream {
  readonly #frames = new Map<string, unknown[]>();
  readonly #request: ReturnType<typeof get>;

  constructor(url: string) {
    let text = '';
    this.#request = get(`${url}/api/live`, (response) => {
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk: string) => {
        const events = (text + chunk).split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) this.#hear(event);
      });
    });
    this.#request.on('error', () => undefined);
  }

  /** Oldest first. */
  frames<T>(event: string): T[] {
    return (this.#frames.get(event) ?? []) as T[];
  }

  close(): void {
    this.#request.destroy();
  }

  #hear(text: string): void {
    const field = (name: string): string | undefined =>
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2);
    const data = field('data');
    if (data === undefined) return;
    const event = field('event') ?? 'message';
    this.#frames.set(event, [...(this.#frames.get(event) ?? []), JSON.parse(data)]);
  }
}
