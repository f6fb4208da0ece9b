import Value from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { displayName, peopleFragment, waysOf } from '../../../alerting/oncall/contact.ts';
import { onCall, peopleOf, planOf, problemsOfTeams, stepsDue, type Teams, teamsFragment } from '../../../alerting/oncall/escalation.ts';
import { onCallAt, type Rotation, turnEndsAt } from '../../../alerting/oncall/rotation.ts';

const people = { ana: { email: 'ana@example.com' }, bo: { email: 'bo@example.com' } };
const weekly: Rotation = { people: ['ana', 'bo'], every: 'week', handover: 'Mon 09:00', timezone: 'Europe/Berlin' };
const teams: Teams = {
  default: {
    rotation: weekly,
    escalation: [
      { after: '0s', notify: 'on-call' },
      { after: '5m', notify: 'everyone' },
    ],
  },
};

/** A moment as a clock in Berlin shows it, by its known offset. */
const berlin = (iso: string, offset: '+01:00' | '+02:00'): number => Date.parse(`${iso}${offset}`);

describe('a rotation', () => {
  test('hands over at its hour, to the second', () => {
    const before = onCallAt(weekly, berlin('2025-11-24T08:59:59', '+01:00'), 'UTC');
    const later = onCallAt(weekly, berlin('2025-11-24T09:00:00', '+01:00'), 'UTC');
    expect([before, later].sort()).toEqual(['ana', 'bo']);
    expect(onCallAt(weekly, berlin('2025-12-01T08:59:59', '+01:00'), 'UTC')).toBe(later);
    expect(onCallAt(weekly, berlin('2025-12-01T09:00:00', '+01:00'), 'UTC')).toBe(before);
  });

  test.each([
    ['2026-03-29', '+02:00'],
    ['2025-10-26', '+01:00'],
  ] as const)('keeps its hour across the change of clocks of %s', (_sunday, offset) => {
    const monday = offset === '+02:00' ? '2026-03-30' : '2025-10-27';
    const before = onCallAt(weekly, berlin(`${monday}T08:59:59`, offset), 'UTC');
    const later = onCallAt(weekly, berlin(`${monday}T09:00:00`, offset), 'UTC');
    expect(before).not.toBe(later);
    const daily: Rotation = { ...weekly, every: 'day', handover: '09:00' };
    expect(onCallAt(daily, berlin(`${monday}T08:59:59`, offset), 'UTC')).not.toBe(
      onCallAt(daily, berlin(`${monday}T09:00:00`, offset), 'UTC'),
    );
  });

  test('says when a turn ends, across a change of clocks too', () => {
    const friday = berlin('2026-03-27T12:00:00', '+01:00');
    expect(turnEndsAt(weekly, friday, 'UTC')).toBe(berlin('2026-03-30T09:00:00', '+02:00'));
    const evening = berlin('2025-10-25T22:00:00', '+02:00');
    expect(turnEndsAt({ ...weekly, every: 'day', handover: '09:00' }, evening, 'UTC')).toBe(berlin('2025-10-26T09:00:00', '+01:00'));
  });

  test('gives everybody the same number of turns and falls back to the time zone of the YAML', () => {
    const { timezone: _, ...local } = weekly;
    const turns = Array.from({ length: 20 }, (_, week) => onCallAt(local, Date.UTC(2025, 0, 8) + week * 7 * 86_400_000, 'Asia/Tokyo'));
    expect(turns.filter((person) => person === 'ana')).toHaveLength(10);
  });
});

describe('an escalation', () => {
  test('without teams pages everybody at once', () => {
    const plan = planOf(people, undefined, 'UTC');
    expect(plan.steps).toEqual([{ afterMs: 0, notify: 'everyone' }]);
    expect(peopleOf(plan, plan.steps[0]!, 0)).toEqual(['ana', 'bo']);
    expect(onCall(plan, 0)).toEqual(['ana', 'bo']);
  });

  test('with a rotation pages who is on call, then everybody', () => {
    const plan = planOf(people, teams, 'UTC');
    const at = berlin('2025-11-21T15:00:00', '+01:00');
    expect(peopleOf(plan, plan.steps[0]!, at)).toEqual([onCallAt(weekly, at, 'UTC')]);
    expect(peopleOf(plan, plan.steps[1]!, at)).toEqual(['ana', 'bo']);
  });

  test('takes the first step at once and each later one when its time has come', () => {
    const plan = planOf(people, teams, 'UTC');
    expect(stepsDue(plan, 0, 0)).toEqual({ due: [0], nextInMs: 300_000 });
    expect(stepsDue(plan, 1, 299_999)).toEqual({ due: [], nextInMs: 1 });
    expect(stepsDue(plan, 1, 300_000)).toEqual({ due: [1], nextInMs: null });
    expect(stepsDue(plan, 0, 900_000)).toEqual({ due: [0, 1], nextInMs: null });
    expect(stepsDue(plan, 2, 900_000)).toEqual({ due: [], nextInMs: null });
    const late = planOf(people, { default: { escalation: [{ after: '5m', notify: 'everyone' }] } }, 'UTC');
    expect(stepsDue(late, 0, 0).due).toEqual([0]);
  });
});

describe('the YAML', () => {
  test('takes what the design shows', () => {
    expect(Value.Check(peopleFragment, people)).toBe(true);
    expect(Value.Check(teamsFragment, teams)).toBe(true);
  });

  test('refuses addresses that could carry a second one', () => {
    for (const email of [
      'ana',
      'ana@example.com, bo@example.com',
      'ana@example.com\r\nBcc: x@y',
      '"a b"@example.com',
      'Ana <ana@example.com>',
    ]) {
      expect(Value.Check(peopleFragment, { ana: { email } })).toBe(false);
    }
  });

  test('says who is not there, which day is missing and which zone does not exist', () => {
    const wrong: Teams = {
      default: {
        rotation: { people: ['ana', 'cy'], every: 'week', handover: '09:00', timezone: 'Europe/Berlim' },
        escalation: [{ after: '0s', notify: 'on-cal' }],
      },
    };
    expect(problemsOfTeams(people, wrong).map(({ path }) => path.join('.'))).toEqual([
      'teams.default.escalation.0.notify',
      'teams.default.rotation.people.1',
      'teams.default.rotation.handover',
      'teams.default.rotation.timezone',
    ]);
    expect(problemsOfTeams({ everyone: {} }, undefined)).toHaveLength(1);
    expect(problemsOfTeams(people, teams)).toEqual([]);
  });

  test('a person is reached in the order of the ways as written', () => {
    expect(waysOf(people.ana)).toEqual([{ channel: 'email', to: 'ana@example.com' }]);
    expect(waysOf(undefined)).toEqual([]);
    expect(displayName('ana')).toBe('Ana');
  });
});
