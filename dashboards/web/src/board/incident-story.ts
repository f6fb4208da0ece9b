/** What the server knows of one incident: its facts, its journal, the seconds around it; asked again while it goes on. */
import { useEffect, useState } from 'preact/hooks';
import type { IncidentAnswer, RatesAnswer } from '../../../live-frames.ts';
import { type Span, spanOf } from '../picture/span.ts';
import { incidents, time } from './board.ts';

export interface Story {
  readonly answer: IncidentAnswer;
  /** By metric; what the server does not keep any more is left out. */
  readonly spans: ReadonlyMap<string, Span>;
  readonly from: number;
  readonly to: number;
}

const BEFORE_SECONDS = 180;
const AFTER_SECONDS = 150;
const SECONDS_MAX = 1800;
const SECONDS_MIN = 420;
const AGAIN_MS = 2000;

/** @returns null while nothing is known, a sentence where it cannot be had */
export function useStory(id: string): Story | string | null {
  const [story, setStory] = useState<Story | string | null>(null);
  const frame = incidents.value;
  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      const loaded = await storyOf(id).catch(() => 'The server does not answer; this page tries again by itself.');
      if (current) setStory((before) => (typeof loaded === 'string' && typeof before === 'object' && before !== null ? before : loaded));
    };
    void load();
    const timer = setInterval(() => void load(), AGAIN_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [id, frame.incidents.find((one) => one.id === id)?.is]);
  return story;
}

async function storyOf(id: string): Promise<Story | string> {
  const response = await fetch(`/api/incidents/${encodeURIComponent(id)}`);
  if (response.status === 404) return `There is no incident ${id}.`;
  if (!response.ok) return `The server answered ${response.status}; this page tries again by itself.`;
  const answer = (await response.json()) as IncidentAnswer;
  const { incident } = answer;
  const began = Math.min(...incident.metrics.map(({ fall }) => fall.from));
  const now = Math.floor(time.now() / 1000);
  const over = incident.resolvedAt === null ? now : Math.min(now, Math.ceil(incident.resolvedAt / 1000) + AFTER_SECONDS);
  const to = Math.min(Math.max(over, began - BEFORE_SECONDS + SECONDS_MIN), began - BEFORE_SECONDS + SECONDS_MAX);
  const window = { from: began - BEFORE_SECONDS, to };
  const loaded = await Promise.all(
    incident.metrics.map(async ({ name }) => [name, await spanFrom(name, window.from - 30, Math.min(to, now))] as const),
  );
  const spans = new Map(loaded.flatMap(([name, span]) => (span ? [[name, span] as const] : [])));
  return { answer, spans, ...window };
}

async function spanFrom(name: string, from: number, to: number): Promise<Span | null> {
  const query = new URLSearchParams({ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString(), step: '1s' });
  const response = await fetch(`/api/metrics/${encodeURIComponent(name)}/rates?${query}`);
  if (!response.ok) return null;
  const span = spanOf((await response.json()) as RatesAnswer);
  return span.n.some((n) => n !== null) ? span : null;
}
