/** Which segments are watched: those with the most events, and not another one each minute. */

export interface Ranked {
  readonly segment: string;
  /** Events/s over the last hours. */
  readonly traffic: number;
  readonly isWatched: boolean;
  /** It is down: it keeps its place until it is back. */
  readonly isDown: boolean;
}

/** A newcomer takes the place of one that has less than this share of its events: the chance of a minute changes nothing. */
const TAKES_PLACE_SHARE = 2 / 3;

/** @returns the names to watch, at most `max`, in the order of their events */
export function chosen(segments: readonly Ranked[], max: number): string[] {
  const ranked = [...segments].sort((a, b) => b.traffic - a.traffic || (a.segment < b.segment ? -1 : 1));
  const watched = ranked.filter(({ isWatched }) => isWatched);
  const others = ranked.filter(({ isWatched }) => !isWatched);
  while (watched.length > max) watched.splice(weakest(watched), 1);
  for (const other of others) {
    if (watched.length < max) {
      watched.push(other);
      continue;
    }
    const at = weakest(watched);
    const last = watched[at] as Ranked;
    if (last.isDown || last.traffic >= TAKES_PLACE_SHARE * other.traffic) break;
    watched[at] = other;
  }
  return watched.sort((a, b) => b.traffic - a.traffic || (a.segment < b.segment ? -1 : 1)).map(({ segment }) => segment);
}

/** Who is down stays; else who has the fewest events goes. */
function weakest(watched: readonly Ranked[]): number {
  let at = 0;
  watched.forEach((one, i) => {
    const last = watched[at] as Ranked;
    if (Number(one.isDown) - Number(last.isDown) < 0 || (one.isDown === last.isDown && one.traffic < last.traffic)) at = i;
  });
  return at;
}
