/** A shop that both replicas watch, for interleavings that are told step by step. */
import { expect } from 'vitest';
import { Shop } from '../support/shop.ts';
import { TWINS, World, type WorldOptions, YAML_WITHOUT_SEARCHES } from '../support/world.ts';

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
/** Five times what the longest takes. */
export const DEADLINE_MS = 60_000;

interface Opened {
  readonly world: World;
  readonly shop: Shop;
  pass(seconds: number): Promise<void>;
  /** Every event is counted once. */
  ends(): Promise<void>;
}

export async function openShop(seed: number, options: WorldOptions = {}): Promise<Opened> {
  const world = new World(seed, { size: 0.5, yaml: YAML_WITHOUT_SEARCHES, hosts: TWINS, skipped: 9, ...options });
  await world.rehearse();
  world.start();
  const shop = new Shop(world, { apps: 4, searches: false });
  const pass = (seconds: number): Promise<void> => world.clock.advance(seconds * SECOND);
  await pass(15);
  return {
    ...{ world, shop, pass },
    async ends() {
      await shop.close();
      await pass(3);
      await world.stop();
      expect(Object.fromEntries(world.counted())).toEqual(Object.fromEntries(shop.published));
    },
  };
}
