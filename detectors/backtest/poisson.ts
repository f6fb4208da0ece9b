/** Poisson counts, exact at any mean. */

/** From this mean on rejection is faster than multiplying uniforms. */
const REJECTION_MEAN_MIN = 10;

/**
 * @param mean    >= 0
 * @param random  0 to 1
 */
export function poisson(mean: number, random: () => number): number {
  if (mean <= 0) return 0;
  return mean < REJECTION_MEAN_MIN ? byProduct(mean, random) : byRejection(mean, random);
}

/** @see Knuth, The Art of Computer Programming, volume 2, section 3.4.1 */
function byProduct(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

/** @see W. Hörmann, The transformed rejection method for generating Poisson random variables (1993), algorithm PTRS */
function byRejection(mean: number, random: () => number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const quick = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const inside = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / inside + b) * u + mean + 0.43);
    if (inside >= 0.07 && v <= quick) return count;
    if (count < 0 || (inside < 0.013 && v > inside)) continue;
    const scaled = Math.log(v * (1.1239 + 1.1328 / (b - 3.4))) - Math.log(a / (inside * inside) + b);
    if (scaled <= count * Math.log(mean) - mean - logFactorial(count)) return count;
  }
}

/** Stirling's series; below 10 by multiplication. */
function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
}
