/** All incidents, as the journal tells them, each with its lines; and what was noted for the morning. */
import { after, type Incident, type KnownIncident, UNKNOWN } from '../../alerting/incident/incident.ts';
import { type IncidentLine, isNoted, type JournalLine } from '../../platform/topics/incidents.ts';
import type { Signal } from '../../platform/topics/signals.ts';
import type { IncidentAnswer, IncidentsFrame, IncidentView, NotedView } from '../live-frames.ts';
import { journalText } from './journal-text.ts';
import { Noted } from './noted.ts';
import { type ViewContext, viewOf } from './view.ts';

/** The newest are remembered; older ones stay in the journal. */
const INCIDENTS_MAX = 10_000;
/** A resolved incident stays on the wall for so long. */
const AFTERWARDS_MS = 3_600_000;

interface Told {
  incident: Incident;
  readonly lines: IncidentLine[];
}

export class Incidents {
  readonly #told = new Map<string, Told>();
  readonly #noted = new Noted();
  #lastWokenAt: number | null = null;

  take(line: JournalLine): void {
    if (isNoted(line)) this.#noted.take(line);
    else this.#take(line);
  }

  /** @returns whether something that was noted and lasts reads otherwise by these signals */
  hear(signals: readonly Signal[]): boolean {
    return signals.filter((signal) => this.#noted.hear(signal)).length > 0;
  }

  #take(line: IncidentLine): void {
    const told = this.#told.get(line.incident) ?? { incident: UNKNOWN, lines: [] };
    told.incident = after(told.incident, line);
    told.lines.push(line);
    this.#told.set(line.incident, told);
    if (this.#told.size > INCIDENTS_MAX) this.#told.delete(this.#told.keys().next().value as string);
    const { incident } = told;
    const page = line.kind === 'sent' && line.message === 'page';
    if (page && incident.is !== 'unknown' && incident.severity === 1) this.#lastWokenAt = Math.max(line.at, this.#lastWokenAt ?? 0);
  }

  /** True while somebody may watch an incident change. */
  get anyOpen(): boolean {
    return [...this.#known()].some(({ is }) => is !== 'resolved');
  }

  /** Open ones and those resolved within the last hour, the newest first. */
  frame(context: ViewContext): IncidentsFrame {
    const shown = [...this.#known()].filter((one) => one.is !== 'resolved' || one.resolvedAt > context.now - AFTERWARDS_MS);
    return {
      incidents: shown.map((one) => viewOf(one, context)).reverse(),
      lastWokenAt: this.#lastWokenAt,
      ...this.#noted.shown(context.timezone),
    };
  }

  /** Those that were open at some moment in [from, to) (ms since the epoch), the newest first. */
  between(from: number, to: number, context: ViewContext): IncidentView[] {
    const within = [...this.#known()].filter((one) => one.openedAt < to && (one.is !== 'resolved' || one.resolvedAt >= from));
    return within.map((one) => viewOf(one, context)).reverse();
  }

  /** Slow slides and upward surprises that lasted at some moment in [from, to) (ms since the epoch), the newest first. */
  findings(from: number, to: number, timezone: string): NotedView[] {
    return this.#noted.between(from, to, timezone);
  }

  one(id: string, context: ViewContext): IncidentAnswer | null {
    const told = this.#told.get(id);
    if (!told || told.incident.is === 'unknown') return null;
    const journal = told.lines.map((line) => ({ at: line.at, kind: line.kind, text: journalText(line) }));
    return { incident: viewOf(told.incident, context), journal };
  }

  *#known(): Iterable<KnownIncident> {
    for (const { incident } of this.#told.values()) if (incident.is !== 'unknown') yield incident;
  }
}
