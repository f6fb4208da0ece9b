/** Made traffic, second by second, from one seed: what a detector is tried on. The same numbers for tests, benches and rule tests. */
import { poisson } from './poisson.ts';
import { prng } from './prng.ts';

export interface Noise {
  /** Variance over mean within a second; 1 = Poisson, more = negative binomial. */
  readonly dispersion?: number;
  /** Log rate wanders by this sigma, with this memory in seconds. */
  readonly wander?: { readonly sigma: number; readonly memorySeconds: number };
}

export class Traffic {
  readonly random: () => number;
  readonly #noise: Noise;
  #wander = 0;

  constructor(seed: number, noise: Noise = {}) {
    this.random = prng(seed);
    this.#noise = noise;
  }

  /** Events of one second at this expected rate. */
  count(rate: number): number {
    const { dispersion = 1, wander } = this.#noise;
    if (wander) {
      const kept = Math.exp(-1 / wander.memorySeconds);
      this.#wander = this.#wander * kept + wander.sigma * Math.sqrt(1 - kept * kept) * this.normal();
    }
    const mean = rate * Math.exp(this.#wander);
    return this.poisson(dispersion > 1 && mean > 0 ? this.gamma(mean / (dispersion - 1)) * (dispersion - 1) : mean);
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }

  poisson(mean: number): number {
    return poisson(mean, this.random);
  }

  /** Marsaglia and Tsang (2000), with their boost below 1. */
  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * this.random() ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  }
}
