/** The wall: the sentence, the critical write metrics large, the rest small; in the demo what to break, and the mailbox. */
import { useEffect } from 'preact/hooks';
import { showDuration } from '../../../../platform/units/duration.ts';
import { beat, heardAt, hello, incidents, link, time } from '../board/board.ts';
import { seconds, timezone } from '../board/clock.ts';
import { type SeenMetric, seenMetrics, wakes } from '../board/seen.ts';
import { BreakPanel } from '../demo/break-panel.tsx';
import { Mailbox } from '../demo/mailbox.tsx';
import { SendYourOwn } from '../demo/send-your-own.tsx';
import { tookSince } from '../demo/took.ts';
import { Announcer } from '../parts/announcer.tsx';
import { Banner } from '../parts/banner.tsx';
import { Header } from '../parts/header.tsx';
import { LostBar } from '../parts/lost-bar.tsx';
import { SentenceSlot } from '../parts/sentence-slot.tsx';
import { Tile } from '../parts/tile.tsx';
import { showFavicon } from '../parts/window-title.ts';
import { type Sentence, sentenceOf, titleOf } from '../words/sentence.ts';

/** Beside the demo's panels there is room for so many large tiles. */
const DEMO_LARGE_MAX = 2;

export function Wall() {
  beat.value;
  const metrics = seenMetrics();
  const demo = hello.value?.demo ?? null;
  const sentence = spoken(metrics);
  const critical = metrics.filter(wakes);
  const large = demo ? critical.slice(0, DEMO_LARGE_MAX) : critical;
  const small = metrics.filter((metric) => !large.includes(metric));
  useEffect(() => {
    document.title = titleOf(sentence);
    showFavicon(sentence.mood === 'sev1' || sentence.mood === 'acknowledged');
  }, [sentence.mood, sentence.incident?.id, sentence.title]);
  return (
    <>
      <Header page="wall" />
      <main class={`wall${demo ? ' demo' : ''}`}>
        <Banner />
        <SentenceSlot sentence={sentence} />
        <Announcer sentence={sentence} />
        <div class="tiles">
          {large.length > 0 && (
            <div class="large-tiles" data-count={large.length}>
              {large.map((metric) => (
                <Tile key={metric.name} metric={metric} size="large" />
              ))}
            </div>
          )}
          {demo && <BreakPanel />}
          {small.length > 0 && (
            <div class="small-side">
              {!demo && large.length > 0 && <AlsoWatched metrics={small} />}
              <div class="small-tiles" data-beyond-threes={small.length % 3}>
                {small.map((metric) => (
                  <Tile key={metric.name} metric={metric} size="small" />
                ))}
              </div>
            </div>
          )}
          {demo && <Mailbox />}
          {demo && <SendYourOwn />}
        </div>
        <LostBar />
      </main>
    </>
  );
}

/** The watch and the countdowns go on between two decisions. */
function spoken(metrics: readonly SeenMetric[]): Sentence {
  seconds.value;
  const situation = {
    metrics,
    incidents: incidents.value,
    link: link.value,
    now: time.now(),
    heardAt: heardAt.value,
    timezone: timezone.value,
  };
  const sentence = sentenceOf(situation);
  const took = sentence.mood === 'normal' ? tookSince() : null;
  if (!took) return sentence;
  const count = `${took.total.toLocaleString('en-US')}\u00a0${took.name}`;
  const shop = `The demo shop beside this page took **${count}** in ${showDuration(Math.round(took.ms / 1000) * 1000)}.`;
  return { ...sentence, side: [shop, 'Break it: this is what it is for.'] };
}

function AlsoWatched({ metrics }: { metrics: readonly SeenMetric[] }) {
  const told = [...new Set(metrics.map((metric) => metric.told))].filter((when) => when !== 'now');
  return (
    <p class="also">
      <b>Also watched</b> {told.length === 1 ? `A fall of these waits for the morning, ${told[0]}` : 'A fall of these wakes nobody'}
    </p>
  );
}
