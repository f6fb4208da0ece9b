/** What a screen reader hears: how things are at most each ten seconds, a new Sev-1 at once and once. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sentence } from '../words/sentence.ts';

const POLITE_MS = 10_000;

export function Announcer({ sentence }: { sentence: Sentence }) {
  const { mood, title, incident } = sentence;
  const [polite, setPolite] = useState('');
  const [alarm, setAlarm] = useState('');
  const alarmed = useRef(new Set<string>());
  const saidAt = useRef(Number.NEGATIVE_INFINITY);

  useEffect(() => {
    if (mood !== 'sev1' || !incident || alarmed.current.has(incident.id)) return;
    alarmed.current.add(incident.id);
    setAlarm(`Sev-1. ${title}. Press A to acknowledge.`);
  }, [mood, title, incident]);

  useEffect(() => {
    const wait = Math.max(0, saidAt.current + POLITE_MS - performance.now());
    const timer = setTimeout(() => {
      saidAt.current = performance.now();
      setPolite(title);
    }, wait);
    return () => clearTimeout(timer);
  }, [title]);

  return (
    <>
      <p class="unseen" role="status">
        {polite}
      </p>
      <p class="unseen" role="alert">
        {alarm}
      </p>
    </>
  );
}
