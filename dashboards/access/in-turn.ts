/** Connections take turns at the server, so that whoever sends much ahead of its answers holds up nobody else. */
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Telemetry } from '../../platform/telemetry/catalogue.ts';

/** Begun before the event loop goes round: sockets are read and accepted, seconds counted and pages sent in between. */
const REQUESTS_A_ROUND_MAX = 16;
/** Requests that a connection may send ahead of its answers (pipelining); beyond that it is ended, as each waits in memory. */
export const REQUESTS_AHEAD_MAX = 64;

interface Line {
  readonly waiting: [IncomingMessage, ServerResponse][];
  /** A request of this connection is being answered: answers come in order, so the next may as well wait. */
  busy: boolean;
}

/** Hands the requests of `server` on to whoever listens to them now, one of each connection at a time. */
export function inTurn(server: Server, telemetry: Telemetry): void {
  const listeners = server.listeners('request') as RequestListener[];
  const turns = new Turns((request, response) => {
    for (const listener of listeners) listener.call(server, request as never, response as never);
  }, telemetry);
  server.removeAllListeners('request');
  server.on('request', (request, response) => turns.take(request, response));
}

class Turns {
  readonly #answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #telemetry: Telemetry;
  readonly #lines = new Map<Socket, Line>();
  /** Connections whose next request waits for nothing but its turn. */
  #ready: Line[] = [];
  #begun = 0;
  #comingRound = false;

  constructor(answer: (request: IncomingMessage, response: ServerResponse) => void, telemetry: Telemetry) {
    this.#answer = answer;
    this.#telemetry = telemetry;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    if (socket.destroyed) return;
    const line = this.#lineOf(socket);
    if (!line.busy && line.waiting.length === 0 && this.#ready.length === 0 && this.#begun < REQUESTS_A_ROUND_MAX) {
      this.#begin(line, request, response);
    } else if (line.waiting.length < REQUESTS_AHEAD_MAX) {
      line.waiting.push([request, response]);
      if (!line.busy && line.waiting.length === 1) this.#isReady(line);
    } else {
      this.#telemetry.connectionEnded({ from: socket.remoteAddress });
      socket.destroy();
    }
  }

  #lineOf(socket: Socket): Line {
    const known = this.#lines.get(socket);
    if (known) return known;
    const line: Line = { waiting: [], busy: false };
    this.#lines.set(socket, line);
    socket.once('close', () => {
      this.#lines.delete(socket);
      line.waiting.length = 0;
    });
    return line;
  }

  #begin(line: Line, request: IncomingMessage, response: ServerResponse): void {
    line.busy = true;
    this.#begun++;
    this.#comeRound();
    response.once('close', () => {
      line.busy = false;
      if (line.waiting.length > 0) this.#isReady(line);
    });
    this.#answer(request, response);
  }

  #isReady(line: Line): void {
    this.#ready.push(line);
    this.#comeRound();
  }

  #comeRound(): void {
    if (this.#comingRound) return;
    this.#comingRound = true;
    setImmediate(() => this.#round());
  }

  #round(): void {
    this.#comingRound = false;
    this.#begun = 0;
    const turn = this.#ready.splice(0, REQUESTS_A_ROUND_MAX);
    for (const line of turn) {
      const next = line.waiting.shift();
      if (next) this.#begin(line, ...next);
    }
    if (this.#ready.length > 0) this.#comeRound();
  }
}
