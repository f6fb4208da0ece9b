/** The one fixed place where the wall says how things are; it fills with colour when a person is needed now. */
import { useEffect } from 'preact/hooks';
import { acknowledge, acknowledgeAs, acknowledging, asking } from '../board/acknowledge.ts';
import { hello, time } from '../board/board.ts';
import { seconds } from '../board/clock.ts';
import { goTo, incidentPath } from '../board/route.ts';
import { capitalised, stopwatch } from '../words/numbers.ts';
import type { Mood, Sentence } from '../words/sentence.ts';
import { DashedClock, Dots, HollowOctagon, Octagon, Ring, Rising, StruckBell, StruckEye, Triangle, TwoTicks, Unplugged } from './icons.tsx';
import { Said } from './said.tsx';

export const SHAPES: Readonly<Record<Mood, typeof Ring>> = {
  sev1: Octagon,
  acknowledged: TwoTicks,
  recovering: Rising,
  blind: StruckEye,
  lost: Unplugged,
  stalled: Dots,
  falling: Triangle,
  minor: HollowOctagon,
  silenced: StruckBell,
  warming: DashedClock,
  normal: Ring,
  waiting: Dots,
};

export function SentenceSlot({ sentence }: { sentence: Sentence }) {
  const { mood, title, lines, side, incident } = sentence;
  const Shape = SHAPES[mood];
  const filled = mood === 'sev1' || mood === 'acknowledged';
  useKeys(filled ? (incident?.id ?? null) : null, mood === 'sev1');
  return (
    <section class={`slot ${mood}${filled ? ' filled' : ''}`} aria-label="How things are">
      <span class="slot-shape">
        <Shape size={filled ? 50 : 40} />
      </span>
      <div class="slot-words">
        <h1>{title}</h1>
        {lines.map((line) => (
          <p key={line.slice(0, 12)}>{line}</p>
        ))}
        <Failure id={incident?.id ?? null} />
      </div>
      {side.length > 0 && (
        <div class="slot-side">
          {side.map((line) => (
            <p key={line.slice(0, 12)}>
              <Said text={line} />
            </p>
          ))}
        </div>
      )}
      {filled && incident && (
        <Actions id={incident.id} since={incident.metrics[0]?.fall.from ?? incident.openedAt / 1000} open={mood === 'sev1'} />
      )}
      {!filled && incident && (
        <a class="button outlined" href={incidentPath(incident.id)}>
          Open
        </a>
      )}
    </section>
  );
}

function Actions({ id, since, open }: { id: string; since: number; open: boolean }) {
  // Read so that the watch goes on each second.
  seconds.value;
  const busy = acknowledging.value?.id === id && acknowledging.value.failed === null;
  return (
    <div class="slot-actions">
      <p class="down-for">
        down for <b>{stopwatch(time.now() - since * 1000)}</b>
      </p>
      {open && asking.value === id ? <WhoHasIt id={id} /> : null}
      {open && asking.value !== id && (
        <button type="button" class="button primary" disabled={busy} onClick={() => acknowledge(id)} aria-keyshortcuts="A">
          <TwoTicks size={17} />
          {busy ? 'Telling' : 'Acknowledge'}
          <kbd>A</kbd>
        </button>
      )}
      <a class="button outlined" href={incidentPath(id)} aria-keyshortcuts="O">
        Open
        <kbd>O</kbd>
      </a>
    </div>
  );
}

function WhoHasIt({ id }: { id: string }) {
  return (
    <fieldset class="who">
      <legend>Who has it?</legend>
      {(hello.value?.onCall ?? []).map((person) => (
        <button key={person} type="button" class="button primary" onClick={() => acknowledgeAs(id, person)}>
          {capitalised(person)}
        </button>
      ))}
    </fieldset>
  );
}

function Failure({ id }: { id: string | null }) {
  const failed = acknowledging.value?.id === id ? acknowledging.value?.failed : null;
  return failed ? <p role="alert">Not acknowledged: {failed}</p> : null;
}

/** A acknowledges, O opens: with nothing else pressed, and not while somebody writes. */
export function useKeys(id: string | null, open: boolean): void {
  useEffect(() => {
    if (id === null) return;
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (event.target instanceof Element && event.target.closest('input, textarea, select, dialog')) return;
      if (event.key === 'a' && open) acknowledge(id);
      if (event.key === 'o') goTo(incidentPath(id));
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [id, open]);
}
