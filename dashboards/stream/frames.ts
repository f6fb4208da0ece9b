/** What a stream of server-sent events is made of, as text; each frame is written once and sent to all viewers. */
import { metricOf, type SignalsRecord } from '../../platform/topics/signals.ts';
import type { HelloFrame, IncidentsFrame, LateFrame, OpenFrame, ResumedFrame, SecondFrame, SecondTuple } from '../live-frames.ts';

/** The browser comes back after a second. */
export const RETRY = 'retry: 1000\n\n';
/** A comment: keeps proxies from closing a quiet stream. */
export const HEARTBEAT = ': still here\n\n';

/** The id is the epoch second: any server goes on from it without a gap. */
export function secondEvent(frame: SecondFrame): string {
  return `event: second\nid: ${frame.second}\ndata: ${JSON.stringify(frame)}\n\n`;
}

export function openEvent(frame: OpenFrame): string {
  return `event: open\ndata: ${JSON.stringify(frame)}\n\n`;
}

export function lateEvent(frame: LateFrame): string {
  return `event: late\ndata: ${JSON.stringify(frame)}\n\n`;
}

export function resumedEvent(frame: ResumedFrame): string {
  return `event: resumed\ndata: ${JSON.stringify(frame)}\n\n`;
}

export function helloEvent(frame: HelloFrame): string {
  return `event: hello\ndata: ${JSON.stringify(frame)}\n\n`;
}

export function incidentsEvent(frame: IncidentsFrame): string {
  return `event: incidents\ndata: ${JSON.stringify(frame)}\n\n`;
}

/** @param at  the server's steady time (ms) of sending */
export function secondFrame(record: SignalsRecord, at: number): SecondFrame {
  const metrics = record.signals.map(
    ({ series, n, rate, usual, derivative, steepness, drop, state, progressSeconds }): SecondTuple => [
      metricOf(series),
      n,
      rate,
      usual,
      derivative,
      steepness,
      drop,
      state,
      progressSeconds ?? null,
    ],
  );
  return { second: record.second, at: Math.round(at), producers: record.producers, silent: record.silent, metrics };
}
