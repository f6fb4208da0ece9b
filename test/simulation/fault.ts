/** What faults are made of: what they may touch, how they begin and end, how they are told. */
import { sleep } from '@plummet/sdk/clock';
import type { Topic } from '../../platform/topics/topic.ts';
import type { Host } from '../support/host.ts';
import type { Weather } from '../support/link.ts';
import type { Point } from '../support/machine.ts';
import type { Shop } from '../support/shop.ts';
import type { World } from '../support/world.ts';

export interface Scene {
  readonly world: World;
  readonly shop: Shop;
  readonly random: () => number;
  /** A line of the life's story. */
  tell(what: string): void;
  /** This host may not know what became of a page, or not be able to say it; `isMute`: nor that it sends one. */
  unsure(host: Host, isMute?: boolean): void;
}

export interface Fault {
  readonly name: string;
  /** Clocks that are wrong: two at a time, wrong alike, cannot be told from the truth. */
  readonly wrongsClocks?: true;
  /** A process that starts believes its machine's clock. */
  readonly restarts?: true;
  /** Resolves when it is over. */
  run(scene: Scene): Promise<void>;
}

export const SECOND = 1000;

export const between = ({ random }: Scene, least: number, most: number): number => least + (most - least) * random();
export const oneOf = <T>({ random }: Scene, all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
export const wait = ({ world }: Scene, ms: number): Promise<void> => sleep(world.clock, ms);
export const seconds = (ms: number): string => `${(ms / SECOND).toFixed(1)} s`;

export async function during(scene: Scene, what: string, ms: number, begin: () => void, end: () => void): Promise<void> {
  scene.tell(`${what} for ${seconds(ms)}`);
  begin();
  await wait(scene, ms);
  end();
}

export const hostsIn = ({ world }: Scene): readonly Host[] => world.hosts;

export const unsureHost = (scene: Scene, isMute = false): Host => {
  const host = oneOf(scene, hostsIn(scene));
  scene.unsure(host, isMute);
  return host;
};

export const allUnsure = (scene: Scene, isMute = false): void => {
  for (const host of hostsIn(scene)) scene.unsure(host, isMute);
};

export async function again(scene: Scene, host: Host): Promise<void> {
  const ms = between(scene, 500, 4 * SECOND);
  scene.tell(`${host.name} is dead, and started again in ${seconds(ms)}`);
  await wait(scene, ms);
  host.start();
}

/** Where a process is killed between two awaits. */
const POINTS = [
  'append incidents',
  'append signals',
  'append counts',
  'append checkpoints',
  'append events',
  'append state',
  'mail',
] as const;
const PHASES = ['leaves', 'arrived', 'answered'] as const;

export async function killedAtPoint(scene: Scene): Promise<void> {
  const host = unsureHost(scene);
  const [what, phase] = [oneOf(scene, POINTS), oneOf(scene, PHASES)];
  const n = 1 + Math.floor(4 * scene.random());
  const { process } = host;
  if (!process) return;
  let dead = false;
  process.onDeath(() => {
    dead = true;
  });
  scene.tell(`${host.name} will die when ${what} ${phase}, at time ${n}`);
  process.dieAt((point: Point) => point.what === what && point.phase === phase, n);
  for (let left = 100; left > 0 && !dead; left--) await wait(scene, 100);
  process.dieAt(() => false, 0);
  if (!dead) return;
  host.kill();
  await again(scene, host);
}

export async function cut(scene: Scene, what: string, weather: Weather, most: number): Promise<void> {
  const end = (): void => {
    weather.isCut = false;
  };
  await during(scene, what, between(scene, 300, most), () => Object.assign(weather, { isCut: true }), end);
}

export async function slow(scene: Scene, what: string, weathers: readonly Weather[]): Promise<void> {
  const slowMs = between(scene, 50, 600);
  const begin = (): void => {
    for (const weather of weathers) weather.slowMs = slowMs;
  };
  const end = (): void => {
    for (const weather of weathers) weather.slowMs = 0;
  };
  await during(scene, `${what} takes up to ${Math.round(slowMs)} ms more each way`, between(scene, SECOND, 8 * SECOND), begin, end);
}

export async function held(scene: Scene, topic: Topic): Promise<void> {
  const { disk } = scene.world;
  if (topic.name === 'incidents') allUnsure(scene, true);
  const partition = Math.floor(topic.partitions * scene.random());
  const what = `${topic.name}/${partition} stands still`;
  await during(
    scene,
    what,
    between(scene, 300, 6 * SECOND),
    () => disk.hold(topic, partition),
    () => disk.release(topic, partition),
  );
}

export async function refused(scene: Scene, topic: Topic): Promise<void> {
  const { disk } = scene.world;
  if (topic.name === 'incidents') allUnsure(scene, true);
  const begin = (): void => disk.failAppends(topic, Number.POSITIVE_INFINITY);
  await during(scene, `appends to ${topic.name} are refused`, between(scene, 200, 2 * SECOND), begin, () => disk.failAppends(topic, 0));
}

export const stepOf = (scene: Scene): number =>
  Math.round(oneOf(scene, [-3600, 3600, -7.4, 7.4, -1.5, 1.5]) * SECOND * between(scene, 0.9, 1));
