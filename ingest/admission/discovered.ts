/** Which event types have arrived since start, for the list of what arrives but is declared nowhere. */

export interface DiscoveredTypes {
  /** Events by type. */
  readonly types: ReadonlyMap<string, number>;
  /** Events of types beyond those remembered. */
  readonly otherEvents: number;
}

export class Discovered {
  readonly #typesMax: number;
  readonly #types = new Map<string, number>();
  #otherEvents = 0;

  constructor(typesMax: number) {
    this.#typesMax = typesMax;
  }

  add(type: string, events: number): void {
    const known = this.#types.get(type);
    if (known !== undefined) this.#types.set(type, known + events);
    else if (this.#types.size < this.#typesMax) this.#types.set(type, events);
    else this.#otherEvents += events;
  }

  all(): DiscoveredTypes {
    return { types: new Map(this.#types), otherEvents: this.#otherEvents };
  }
}
