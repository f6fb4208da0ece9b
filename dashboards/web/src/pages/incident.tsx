/** One incident: five facts, the picture with its marks, what happened in plain words, who was reached, the whole journal. */
import { useEffect } from 'preact/hooks';
import { showClock, showDay, showZone } from '../../../../platform/units/clock-time.ts';
import { perSecond, showRate } from '../../../../platform/units/rate.ts';
import type { FallFacts, IncidentView } from '../../../live-frames.ts';
import { acknowledge, acknowledgeAs, acknowledging, asking } from '../board/acknowledge.ts';
import { hello } from '../board/board.ts';
import { timezone } from '../board/clock.ts';
import { type Story, useStory } from '../board/incident-story.ts';
import { Header } from '../parts/header.tsx';
import { HollowOctagon, Octagon, Ring, TwoTicks } from '../parts/icons.tsx';
import { Facts } from '../parts/incident-facts.tsx';
import { Minutes } from '../parts/incident-minutes.tsx';
import { Peers } from '../parts/incident-peers.tsx';
import { backOf, IncidentPicture } from '../parts/incident-picture.tsx';
import { Journal, Reached, WhatHappened } from '../parts/incident-words.tsx';
import { LostBar } from '../parts/lost-bar.tsx';
import { showFavicon } from '../parts/window-title.ts';
import { capitalised } from '../words/numbers.ts';

export function IncidentPage({ id }: { id: string }) {
  const story = useStory(id);
  const incident = typeof story === 'object' ? story?.answer.incident : undefined;
  useEffect(() => {
    document.title = incident ? `${incident.headline} · Plummet` : 'Incident · Plummet';
    showFavicon(incident?.is === 'open' && incident.severity === 1);
  }, [incident?.headline, incident?.is]);
  return (
    <>
      <Header page="incident" />
      <main class="incident">
        <nav class="crumbs" aria-label="Where you are">
          <a href="/">Wall</a>
          <span aria-hidden="true">›</span>
          <code>{id}</code>
        </nav>
        {story === null && <h1>Incident</h1>}
        {typeof story === 'string' && <p class="note">{story}</p>}
        {typeof story === 'object' && story !== null && <Told story={story} />}
        <LostBar />
      </main>
    </>
  );
}

function Told({ story }: { story: Story }) {
  const { incident, journal } = story.answer;
  const [lead, ...others] = incident.metrics;
  if (!lead) return null;
  return (
    <>
      <Title incident={incident} />
      <Facts incident={incident} />
      <Peers incident={incident} />
      <div class="incident-columns">
        <div class="incident-main">
          <section class="panel picture-panel" aria-label={`${lead.name} around the fall`}>
            <h2>
              {lead.name}{' '}
              <small>
                {perSecond(lead.value)}, {showDay(lead.fall.from * 1000, timezone.value)}, {timezone.value}
              </small>
            </h2>
            <IncidentPicture story={story} name={lead.name} size="full" />
            <OnlyInPart fall={lead.fall} name={lead.name} />
            <Minutes incident={incident} back={backOf(story, lead.name)} />
          </section>
          <div class="incident-row">
            <WhatHappened incident={incident} />
            {others.map(({ name }) => (
              <section key={name} class="panel picture-panel" aria-label={`${name} around the fall`}>
                <h2>{name}</h2>
                <IncidentPicture story={story} name={name} size="beside" />
              </section>
            ))}
          </div>
        </div>
        <div class="incident-side">
          <Reached incident={incident} />
          <Journal journal={journal} />
        </div>
      </div>
    </>
  );
}

/** The picture is of the whole, in which a small part does not show: that is said, lest it be taken for a false page. */
function OnlyInPart({ fall, name }: { fall: FallFacts; name: string }) {
  if (fall.segment === undefined) return null;
  return (
    <p class="note">
      This is all of {name}. What fell is {fall.by ?? 'segment'} <bdi>{fall.segment}</bdi> alone, from {showRate(fall.rateBefore)} to{' '}
      {showRate(fall.rateAfter)}; in the whole it may not be seen.
    </p>
  );
}

function Title({ incident }: { incident: IncidentView }) {
  const { id, headline, severity, is, resolvedAt, acknowledgedBy } = incident;
  return (
    <div class="incident-title">
      <h1>{headline}</h1>
      <span class={`badge sev-${severity}`}>
        {severity === 1 ? <Octagon size={15} /> : <HollowOctagon size={15} />}Sev-{severity}
      </span>
      {is === 'resolved' && resolvedAt !== null && (
        <span class="outcome good">
          <Ring size={17} />
          Resolved {showClock(resolvedAt, timezone.value)} {showZone(resolvedAt, timezone.value)}
        </span>
      )}
      {is === 'acknowledged' && (
        <span class="outcome">
          <TwoTicks size={17} />
          {capitalised(acknowledgedBy ?? 'somebody')} has it
        </span>
      )}
      {is === 'open' && <AcknowledgeButton id={id} />}
    </div>
  );
}

function AcknowledgeButton({ id }: { id: string }) {
  const { value } = acknowledging;
  const busy = value?.id === id && value.failed === null;
  if (asking.value === id) {
    return (
      <fieldset class="who">
        <legend>Who has it?</legend>
        {(hello.value?.onCall ?? []).map((person) => (
          <button key={person} type="button" class="button strong" onClick={() => acknowledgeAs(id, person)}>
            {capitalised(person)}
          </button>
        ))}
      </fieldset>
    );
  }
  return (
    <>
      <button type="button" class="button strong" disabled={busy} onClick={() => acknowledge(id)}>
        <TwoTicks size={17} />
        {busy ? 'Telling' : 'Acknowledge'}
      </button>
      {value?.id === id && value.failed && <p role="alert">Not acknowledged: {value.failed}</p>}
    </>
  );
}
