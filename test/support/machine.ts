/**
 * Machines and processes of a simulation. A machine has a wall clock that may be wrong; a process on it can be stopped and continued
 * (SIGSTOP, SIGCONT) and killed (-9), at any moment or at the n-th time that it passes a point.
 */
import type { Clock, Timer } from '@plummet/sdk/clock';

export class Machine {
  readonly name: string;
  readonly clock: Clock;
  /** What its wall clock shows beyond the true time, ms. */
  wrongMs = 0;

  constructor(name: string, clock: Clock) {
    this.name = name;
    this.clock = clock;
  }

  spawn(): Process {
    return new Process(this);
  }
}

/** Where a process stands when something leaves it, arrives elsewhere, or its answer comes. */
export interface Point {
  /** `append incidents`, `mail`, … */
  readonly what: string;
  readonly phase: 'leaves' | 'arrived' | 'answered';
}

/** A process as its own code sees time. */
export class Process implements Clock {
  readonly machine: Machine;
  readonly #clock: Clock;
  readonly #bornAt: number;
  #state: 'running' | 'stopped' | 'dead' = 'running';
  #queue: (() => void)[] = [];
  #trap: { readonly at: (point: Point) => boolean; left: number } | null = null;
  readonly #deaths: (() => void)[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
    this.#clock = machine.clock;
    this.#bornAt = this.#clock.monotonic();
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  wall(): number {
    return this.#clock.wall() + this.machine.wrongMs;
  }

  /** Since its own start: numbers of two processes compare to nothing. */
  monotonic(): number {
    return this.#clock.monotonic() - this.#bornAt;
  }

  after(delayMs: number, run: () => void): Timer {
    let cancelled = false;
    const timer = this.#clock.after(delayMs, () =>
      this.#when(() => {
        if (!cancelled) run();
      }),
    );
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  }

  /** Something comes from outside: the process takes it once it runs, and never when it is dead. */
  awake(): Promise<void> | undefined {
    if (this.#state === 'running') return undefined;
    return new Promise((resolve) => this.#when(resolve));
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped';
  }

  continue(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    // One after the other, as an event loop would take them; others may be queued meanwhile.
    for (const run of this.#queue.splice(0)) this.#clock.after(0, () => this.#when(run));
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#queue = [];
    for (const tell of this.#deaths.splice(0)) tell();
  }

  onDeath(tell: () => void): void {
    this.#deaths.push(tell);
  }

  /** kill -9 when it passes such a point for the n-th time. */
  dieAt(at: (point: Point) => boolean, n: number): void {
    this.#trap = { at, left: n };
  }

  pass(point: Point): void {
    if (!this.#trap?.at(point) || --this.#trap.left > 0) return;
    this.kill();
  }

  #when(run: () => void): void {
    if (this.#state === 'running') run();
    else if (this.#state === 'stopped') this.#queue.push(run);
  }
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
