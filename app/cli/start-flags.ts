/** What `plummet start` takes as words, and what is wrong with it in words: roles, slices, ports. */
import { parseSlice, type Slice, showSlice, WHOLE } from '../../detectors/counting/slices.ts';
import type { Config } from '../../platform/config/load.ts';
import type { Replica } from '../../platform/topics/config.ts';
import { topics } from '../../platform/topics/topic.ts';
import { ROLES, type Role } from '../roles.ts';
import { UserError } from './output.ts';

export function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UserError(`--port ${text} is no port.`, { hint: 'A number from 0 to 65535; 0 takes a free one.' });
}

/** Where one process alone has the event log, whatever it leaves out runs nowhere; screens may be left out. */
const NEEDED_ALONE: readonly Role[] = ['ingest', 'detectors', 'alerting'];
const NAME_BROKERS = 'name the brokers in the YAML: eventlog: { kafka: { brokers: [...] } }';

/** @throws UserError where a name is none of ours, or stands there twice */
export function rolesOf(text: string | undefined): readonly Role[] {
  if (text === undefined) return ROLES;
  const hint = `There are ${ROLES.join(', ')}.`;
  const named = text.split(',').map((name) => name.trim());
  if (named.includes('')) throw new UserError(`--roles ${JSON.stringify(text)} leaves a role empty.`, { hint });
  const unknown = named.filter((name) => !ROLES.includes(name as Role));
  if (unknown.length > 0) throw new UserError(`there is no role ${unknown.join(', ')}.`, { hint });
  const twice = named.find((name, i) => named.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--roles names ${twice} twice.`, { hint: 'One process runs a role once.' });
  return ROLES.filter((role) => named.includes(role));
}

/** @throws UserError where processes are to share an event log that only one of them can have */
export function sharedBy(roles: readonly Role[], replica: Replica, { kafka }: Pick<Config, 'kafka'>): void {
  if (kafka !== undefined) return;
  if (replica !== 'a') {
    const hint = `Leave --replica out, or ${NAME_BROKERS}`;
    throw new UserError(`--replica ${replica}: an event log in files belongs to one process, so there is no twin.`, { hint });
  }
  const missing = NEEDED_ALONE.filter((role) => !roles.includes(role));
  if (missing.length === 0) return;
  const hint = `Add ${missing.join(', ')}, or ${NAME_BROKERS}`;
  throw new UserError(`--roles ${roles.join(',')}: an event log in files belongs to one process, so nobody would do the rest.`, { hint });
}

/** @throws UserError where the text is no slice, or nothing would be in it */
export function sliceOf(text: string | undefined, roles: readonly Role[], { kafka }: Pick<Config, 'kafka'>): Slice {
  if (text === undefined) return WHOLE;
  const slice = parseSlice(text);
  if (typeof slice === 'string') throw new UserError(`--slice: ${slice}.`);
  if (slice.of === 1) return slice;
  const asked = `--slice ${showSlice(slice)}`;
  if (!roles.includes('detectors')) {
    const hint = 'Leave it out here, and give it to the processes with that role.';
    throw new UserError(`${asked}: what is shared out is the work of the role detectors, which this process has not.`, { hint });
  }
  if (kafka === undefined) {
    const hint = `Leave --slice out, or ${NAME_BROKERS}`;
    throw new UserError(`${asked}: an event log in files belongs to one process, so there is nobody to share with.`, { hint });
  }
  const { partitions } = topics(kafka.partitions).events;
  if (slice.of <= partitions) return slice;
  const hint = `At most as many as there are partitions: --slice 1/${partitions} to ${partitions}/${partitions}.`;
  throw new UserError(`${asked}: events has ${partitions} partitions, so some of ${slice.of} slices would have none.`, { hint });
}
