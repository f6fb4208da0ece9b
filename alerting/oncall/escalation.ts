/** YAML fragment `teams`: who is told, after how long without an acknowledgement; and the plan that follows from it. */
import Type, { type Static } from 'typebox';
import { BUDGET } from '../../detectors/steep-drop/page-when.ts';
import { parseDuration } from '../../platform/units/duration.ts';
import { nearest } from '../../platform/units/nearest.ts';
import type { People } from './contact.ts';
import { onCallAt, type Rotation, rotationFragment } from './rotation.ts';

const ESCALATION_STEPS_MAX = 20;

const MORNING_AT_DEFAULT = '09:00';

const morningFragment = Type.Object(
  {
    at: Type.Optional(
      Type.String({
        pattern: '^([01]\\d|2[0-3]):[0-5]\\d$',
        expects: 'an hour in quotes, like "09:00"',
        description:
          'Hour in the time zone of the rotation, or of the YAML: what wakes nobody is marked as waiting for it. Plummet draws it at ' +
          'once and keeps it; it does not send it yet',
        default: MORNING_AT_DEFAULT,
        examples: ['09:00'],
      }),
    ),
  },
  { additionalProperties: false, description: 'When the team looks at what wakes nobody' },
);

export const teamsFragment = Type.Record(
  Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$' }),
  Type.Object(
    {
      rotation: Type.Optional(rotationFragment),
      false_pages: Type.Optional(
        Type.String({
          description:
            'False pages that are allowed to the whole team, divided evenly over its critical metrics; one that writes its own ' +
            '`false_pages` keeps that and has no part in it',
          ...BUDGET,
          leftOut: 'each metric has its own',
          examples: ['1/year'],
        }),
      ),
      escalation: Type.Optional(
        Type.Array(
          Type.Object(
            {
              after: Type.String({
                pattern: '^\\d+(\\.\\d+)?\\s*(s|m|h)$',
                expects: 'a duration like 0s or 5m',
                unit: 'm',
                description: 'Since the page, without an acknowledgement: `0s`, `5m`',
                examples: ['0s', '5m'],
              }),
              notify: Type.String({
                minLength: 1,
                description: '`on-call`, `everyone`, or a name of `people`',
                examples: ['on-call', 'everyone'],
              }),
            },
            { additionalProperties: false },
          ),
          {
            minItems: 1,
            maxItems: ESCALATION_STEPS_MAX,
            description: `Who is told after how long, the first step at once: up to ${ESCALATION_STEPS_MAX} steps`,
            leftOut: 'everybody at once',
          },
        ),
      ),
      morning: Type.Optional(morningFragment),
    },
    { additionalProperties: false, description: 'One team' },
  ),
  {
    additionalProperties: false,
    description: 'Who is on call and who is told next; the team called `default` is that of every metric',
    leftOut: 'everybody in `people` is paged at once',
    examples: [{ default: { escalation: [{ after: '0s', notify: 'on-call' }] } }],
  },
);

export type Teams = Static<typeof teamsFragment>;

export interface EscalationStep {
  readonly afterMs: number;
  readonly notify: string;
}

/** Whom an incident reaches, step by step. Never empty of steps. */
export interface Plan {
  readonly people: readonly string[];
  readonly steps: readonly EscalationStep[];
  readonly rotation: Rotation | null;
  readonly timezone: string;
}

const DEFAULT_TEAM = 'default';
const EVERYONE_AT_ONCE: readonly EscalationStep[] = [{ afterMs: 0, notify: 'everyone' }];

/** The hour for which waits what wakes nobody: `09:00`, as it is written. */
export function morningOf(teams: Teams | undefined): string {
  return teams?.[DEFAULT_TEAM]?.morning?.at ?? MORNING_AT_DEFAULT;
}

/** Without teams, everybody in `people` is paged at once. */
export function planOf(people: People, teams: Teams | undefined, timezone: string): Plan {
  const team = teams?.[DEFAULT_TEAM];
  const steps = (team?.escalation ?? []).map(({ after, notify }) => ({ afterMs: parseDuration(after) ?? 0, notify }));
  steps.sort((a, b) => a.afterMs - b.afterMs);
  return {
    people: Object.keys(people),
    steps: steps.length > 0 ? steps : EVERYONE_AT_ONCE,
    rotation: team?.rotation ?? null,
    timezone,
  };
}

/** Who is on call at `at` (ms since the epoch); everybody where nobody takes turns. */
export function onCall(plan: Plan, at: number): readonly string[] {
  return plan.rotation ? [onCallAt(plan.rotation, at, plan.timezone)] : plan.people;
}

/** Whom a step reaches when it comes due at `at` (ms since the epoch). */
export function peopleOf(plan: Plan, step: EscalationStep, at: number): readonly string[] {
  if (step.notify === 'everyone') return plan.people;
  if (step.notify === 'on-call') return onCall(plan, at);
  return plan.people.includes(step.notify) ? [step.notify] : [];
}

/** Steps that are due and not taken yet, and when (ms from now) the next one is. */
export function stepsDue(plan: Plan, taken: number, sinceMs: number): { due: number[]; nextInMs: number | null } {
  const due: number[] = [];
  for (let step = taken; step < plan.steps.length; step++) {
    const afterMs = (plan.steps[step] as EscalationStep).afterMs;
    // The first step never waits: somebody has to be told at once.
    if (step > 0 && afterMs > sinceMs) return { due, nextInMs: afterMs - sinceMs };
    due.push(step);
  }
  return { due, nextInMs: null };
}

/** A mistake that only shows between keys: its path from the root, what is wrong, what to do. */
export interface TeamProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
}

/** Names that nobody has, weekly turns without a day, time zones that do not exist. */
export function problemsOfTeams(people: People, teams: Teams | undefined): TeamProblem[] {
  const names = Object.keys(people);
  const known = names.length > 0 ? `People: ${names.join(', ')}.` : 'Add them under `people:`.';
  const problems: TeamProblem[] = names
    .filter((name) => name === 'on-call' || name === 'everyone')
    .map((name) => ({ path: ['people', name], message: `\`${name}\` has a meaning of its own in escalations; choose another name.` }));
  for (const [name, { rotation, escalation = [] }] of Object.entries(teams ?? {})) {
    const at = (...path: string[]): string[] => ['teams', name, ...path];
    escalation.forEach(({ notify }, i) => {
      if (notify === 'on-call' || notify === 'everyone' || names.includes(notify)) return;
      const hint = meant(notify, [...names, 'on-call', 'everyone']) ?? `Write \`on-call\`, \`everyone\` or a person's name. ${known}`;
      problems.push({ path: at('escalation', String(i), 'notify'), message: `nobody is called "${notify}".`, hint });
    });
    if (!rotation) continue;
    rotation.people.forEach((person, i) => {
      if (names.includes(person)) return;
      problems.push({
        path: at('rotation', 'people', String(i)),
        message: `nobody is called "${person}".`,
        hint: meant(person, names) ?? known,
      });
    });
    const hasDay = rotation.handover.includes(' ');
    if (rotation.every === 'week' && !hasDay) {
      const message = `weekly turns need a day: "Mon ${rotation.handover}".`;
      problems.push({ path: at('rotation', 'handover'), message });
    }
    if (rotation.every === 'day' && hasDay) {
      problems.push({ path: at('rotation', 'handover'), message: 'daily turns have an hour only: "09:00".' });
    }
    if (rotation.timezone !== undefined && !isTimezone(rotation.timezone)) {
      const hint = meant(rotation.timezone, Intl.supportedValuesOf('timeZone')) ?? 'Write an IANA name like Europe/Berlin.';
      problems.push({ path: at('rotation', 'timezone'), message: `"${rotation.timezone}" is no time zone.`, hint });
    }
  }
  return problems;
}

function meant(written: string, known: readonly string[]): string | undefined {
  const near = nearest(written, known);
  return near && `Did you mean \`${near}\`?`;
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
