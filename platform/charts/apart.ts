/** Labels in a column, moved as little as is needed so that none stands on another. */

/**
 * @param wanted  where each would best stand
 * @param least   the distance that two need
 * @returns       where each stands, in the order given, within first..last as far as they fit
 */
export function apart(wanted: readonly number[], least: number, [first, last]: readonly [first: number, last: number]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b);
  const groups: { members: number[]; middle: number }[] = [];
  const half = (count: number): number => ((count - 1) * least) / 2;
  for (const i of order) {
    let group = { members: [i], middle: within(wanted[i] as number, first, last, 0) };
    // A group that touches the one before it becomes one with it, around the middle of what all of them wanted.
    for (let before = groups.at(-1); before; before = groups.at(-1)) {
      if (group.middle - half(group.members.length) - (before.middle + half(before.members.length)) >= least) break;
      groups.pop();
      const members = [...before.members, ...group.members];
      const mean = members.reduce((sum, member) => sum + (wanted[member] as number), 0) / members.length;
      group = { members, middle: within(mean, first, last, half(members.length)) };
    }
    groups.push(group);
  }
  const places = Array<number>(wanted.length);
  for (const { members, middle } of groups) {
    for (const [k, member] of members.entries()) places[member] = middle - half(members.length) + k * least;
  }
  return places;
}

const within = (middle: number, first: number, last: number, half: number): number => Math.max(first + half, Math.min(last - half, middle));
