/** Steps of time as SQL: how seconds become steps, and short steps longer ones, in one way for roll-ups and for answers. */

/** Each divides the next; an hour is what is rolled up at once. */
export const LEVELS_SECONDS = [10, 60, 3600] as const;
export const HOUR_SECONDS = 3600;

const COLUMNS = [
  ...['n', 'n_min', 'n_max', 'sum', 'sum_min', 'sum_max', 'closed', 'worst'],
  ...['usual', 'derivative_min', 'derivative_max', 'steepness'],
];

/** @param moments  a query of seconds, see moments.ts @param more what else is taken from it @returns the same as steps of one second */
export function asSteps(moments: string, more: readonly string[] = []): string {
  const same = COLUMNS.map((name) => name.replace(/(.*)_(min|max)$/, '$1 AS $1_$2'));
  return `SELECT ${[...more, 'second', ...same].join(', ')} FROM (${moments})`;
}

/** What stays of the steps of a longer one: nothing of a cliff of one second is averaged away. */
export function aggregatesOf(from: string): string {
  const least = (name: string): string => `min(${from}.${name}) AS ${name}`;
  const most = (name: string): string => `max(${from}.${name}) AS ${name}`;
  const whole = (name: string): string => `sum(${from}.${name}) AS ${name}`;
  return [
    ...[whole('n'), least('n_min'), most('n_max'), whole('sum'), least('sum_min'), most('sum_max'), whole('closed'), least('worst')],
    ...[`argMax(${from}.usual, ${from}.second) AS usual`, least('derivative_min'), most('derivative_max'), least('steepness')],
  ].join(', ');
}

export function columnsOf(from: string): string {
  return COLUMNS.map((name) => `${from}.${name} AS ${name}`).join(', ');
}
