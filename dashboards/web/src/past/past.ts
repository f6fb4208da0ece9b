/** A metric's past as the server tells it: asked when it is wanted, again by and by, and after a lost connection. */
import { useEffect, useState } from 'preact/hooks';
import type { AnnotationView, IncidentView, NotedView, RatesAnswer } from '../../../live-frames.ts';
import { hello, link, newest, time } from '../board/board.ts';
import type { Marked } from './marks.ts';
import { againMs, type Choice } from './spans.ts';

export interface Past extends Marked {
  readonly answer: RatesAnswer;
  /** Epoch seconds of the picture's edges. */
  readonly from: number;
  readonly to: number;
  /** In words what of it could not be had. */
  readonly missing: readonly string[];
}

export interface Asked {
  /** null before the first answer. */
  readonly past: Past | null;
  /** Why there is no newer one; null while there is. */
  readonly failed: string | null;
  /** It takes long enough to be told. */
  readonly slow: boolean;
}

/** Before that nobody is told that something loads. */
const SLOW_MS = 1000;
const RETRY_MS = 5000;
const INCOMPLETE_MS = 10_000;
const POINTS_MIN = 100;
const POINTS_MAX = 2000;
/** So that a window that is dragged does not ask with each pixel. */
const POINTS_STEP = 50;

/** As many points as there are pixels. */
export function pointsOf(widthPx: number): number {
  return Math.min(POINTS_MAX, Math.max(POINTS_MIN, Math.floor(widthPx / POINTS_STEP) * POINTS_STEP));
}

const NOTHING: Asked = { past: null, failed: null, slow: false };

/** @param widthPx  0 while it is not known; nothing is asked before */
export function usePast(name: string, choice: Choice, widthPx: number): Asked {
  const key = `${name} ${choice.key}`;
  const [asked, setAsked] = useState<Asked & { key: string }>({ ...NOTHING, key });
  const points = pointsOf(widthPx);
  // Before the server's time is known the last hour may be any.
  const ready = widthPx > 0 && link.value !== 'connecting' && (hello.value !== null || link.value === 'lost');
  const lost = link.value === 'lost';
  useEffect(() => {
    if (!ready) return;
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const set = (change: Partial<Asked>): void => {
      if (current) setAsked((before) => ({ ...(before.key === key ? before : NOTHING), ...change, key }));
    };
    const slow = setTimeout(() => set({ slow: true }), SLOW_MS);
    const load = async (): Promise<void> => {
      const loaded = await pastOf(name, choice, points).catch(() => 'The server does not answer; this page tries again by itself.');
      clearTimeout(slow);
      set(typeof loaded === 'string' ? { failed: loaded, slow: false } : { past: loaded, failed: null, slow: false });
      if (current) timer = setTimeout(() => void load(), waitMs(loaded, choice));
    };
    void load();
    return () => {
      current = false;
      clearTimeout(slow);
      clearTimeout(timer);
    };
  }, [key, points, ready, lost]);
  return asked.key === key ? asked : NOTHING;
}

/** What could not be had is asked for again soon. */
function waitMs(loaded: Past | string, choice: Choice): number {
  if (typeof loaded === 'string') return RETRY_MS;
  return loaded.missing.length > 0 ? Math.min(INCOMPLETE_MS, againMs(choice)) : againMs(choice);
}

async function pastOf(name: string, { seconds }: Choice, points: number): Promise<Past | string> {
  const decided = newest.value?.second;
  const now = Math.floor(time.now() / 1000);
  // What is not decided yet is no hole.
  const to = decided !== undefined && now - decided < 10 ? decided + 1 : now;
  const from = to - seconds;
  const range = { from: iso(from), to: iso(to) };
  const rates = new URLSearchParams({ ...range, step: 'auto', points: String(points) });
  const between = new URLSearchParams(range);
  const [answer, annotations, incidents, noted] = await Promise.all([
    get<RatesAnswer>(`/api/metrics/${encodeURIComponent(name)}/rates?${rates}`),
    get<AnnotationView[]>(`/api/annotations?${between}`),
    get<IncidentView[]>(`/api/incidents?${between}`),
    get<NotedView[]>(`/api/findings?${between}`),
  ]);
  if (typeof answer === 'string') return answer;
  const missing = [
    ...(answer.incomplete === undefined ? [] : [answer.incomplete]),
    ...(typeof annotations === 'string' ? [`Marks are not shown. ${annotations}`] : []),
    ...(typeof incidents === 'string' ? [`Incidents are not shown. ${incidents}`] : []),
    ...(typeof noted === 'string' ? [`Slides are not shown. ${noted}`] : []),
  ];
  const told = <T>(list: T[] | string): T[] => (typeof list === 'string' ? [] : list);
  return { answer, from, to, annotations: told(annotations), incidents: told(incidents), noted: told(noted), missing };
}

const iso = (second: number): string => new Date(second * 1000).toISOString();

/** @returns a sentence where it cannot be had */
async function get<T>(url: string): Promise<T | string> {
  const response = await fetch(url);
  if (response.ok) return (await response.json()) as T;
  const told = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  return told?.error?.message ?? `The server answered ${response.status}; this page tries again by itself.`;
}
