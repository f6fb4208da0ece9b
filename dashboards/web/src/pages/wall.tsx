/** The wall: the sentence, the critical write metrics large, the rest small; in the demo what to break, and the mailbox. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { beat, hello, incidents, link } from '../board/board.ts';
import { eventTypes, useEventTypes } from '../board/event-types.ts';
import { kiosk } from '../board/route.ts';
import { type SeenMetric, seenMetrics, wakes } from '../board/seen.ts';
import { isQuiet, spokenOf } from '../board/spoken.ts';
import { BreakPanel } from '../demo/break-panel.tsx';
import { Mailbox } from '../demo/mailbox.tsx';
import { SendYourOwn } from '../demo/send-your-own.tsx';
import { Announcer } from '../parts/announcer.tsx';
import { Arriving } from '../parts/arriving.tsx';
import { Banner } from '../parts/banner.tsx';
import { FirstRun } from '../parts/first-run.tsx';
import { Header } from '../parts/header.tsx';
import { LostBar } from '../parts/lost-bar.tsx';
import { NotedLines } from '../parts/noted-lines.tsx';
import { SentenceSlot } from '../parts/sentence-slot.tsx';
import { TileGrid } from '../parts/tile-grid.tsx';
import { showFavicon } from '../parts/window-title.ts';
import { type Sentence, titleOf } from '../words/sentence.ts';
import { Kiosk } from './kiosk.tsx';

/** Beside the demo's panels there is room for so many large tiles. */
const DEMO_LARGE_MAX = 2;
/** Tiles are at least so wide. */
const SMALL_PX = 280;
const LARGE_PX = 344;
const DEMO_LARGE_PX = 400;

export function Wall() {
  // The clock goes on between two decisions; what is seen of the metrics is worked out only with these.
  const metrics = useMemo(seenMetrics, [beat.value, incidents.value, link.value, hello.value]);
  const quiet = isQuiet(metrics);
  useEventTypes(quiet, hello.value);
  const sentence = spokenOf(metrics, eventTypes.value?.types.length ?? 0);
  useWindow(sentence);
  return (
    <>
      <Announcer sentence={sentence} />
      {kiosk ? <Kiosk metrics={metrics} sentence={sentence} /> : <Tiles metrics={metrics} sentence={sentence} quiet={quiet} />}
    </>
  );
}

function useWindow({ mood, incident, title }: Sentence): void {
  useEffect(() => {
    document.title = titleOf({ mood, incident });
    showFavicon(mood === 'sev1' || mood === 'acknowledged');
  }, [mood, incident?.id, title]);
}

function Tiles({ metrics, sentence, quiet }: { metrics: readonly SeenMetric[]; sentence: Sentence; quiet: boolean }) {
  const [rows, setRows] = useState({ large: 1, small: 0 });
  const demo = hello.value?.demo ?? null;
  const critical = metrics.filter(wakes);
  const large = demo ? critical.slice(0, DEMO_LARGE_MAX) : critical;
  const small = metrics.filter((metric) => !large.includes(metric));
  const layout = { '--large-rows': rows.large, '--small-rows': small.length === 0 ? 0 : rows.small };
  return (
    <>
      <Header page="wall" />
      <main class={`wall${demo ? ' demo' : ''}`} style={layout}>
        <Banner />
        <SentenceSlot sentence={sentence} />
        <NotedLines />
        <div class="tiles">
          {large.length > 0 && (
            <TileGrid
              metrics={large}
              size="large"
              min={demo ? DEMO_LARGE_PX : LARGE_PX}
              onRows={(count) => setRows((before) => ({ ...before, large: count }))}
            />
          )}
          {demo && <BreakPanel />}
          {small.length > 0 && (
            <div class="small-side">
              {!demo && large.length > 0 && (
                <p class="also">
                  <b>Also watched</b> A fall of these wakes nobody
                </p>
              )}
              <TileGrid
                metrics={small}
                size="small"
                min={SMALL_PX}
                onRows={(count) => setRows((before) => ({ ...before, small: count }))}
              />
            </div>
          )}
          {demo && <Mailbox />}
          {demo && <SendYourOwn />}
        </div>
        {!demo && quiet && link.value !== 'connecting' && <FirstRun />}
        <Arriving />
        <LostBar />
      </main>
    </>
  );
}
