/** The demo's mailbox: what a real SMTP server received, read in a frame that can do nothing. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { showClock } from '../../../../platform/units/clock-time.ts';
import type { MailItem } from '../../../live-frames.ts';
import { timezone } from '../board/clock.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Envelope } from '../parts/icons.tsx';

const LOOK_MS = 1000;

const mails = signal<readonly MailItem[]>([]);

async function look(): Promise<void> {
  try {
    const response = await fetch('/api/demo/mailbox');
    if (!response.ok) return;
    const found = (await response.json()) as MailItem[];
    if (found.length !== mails.value.length || found[0]?.id !== mails.value[0]?.id) mails.value = found;
  } catch {
    // The bar below says that the server does not answer.
  }
}

/** What tells mails of one thread apart. */
function firstWords(text: string): string {
  return (
    text
      .split('\n')
      .find((line) => line.trim() !== '')
      ?.trim() ?? ''
  );
}

export function Mailbox() {
  const [reading, setReading] = useState<MailItem | null>(null);
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <section class="panel mailbox" aria-labelledby="mailbox-title">
      <h2 id="mailbox-title">Demo mailbox</h2>
      {mails.value.length === 0 ? (
        <div class="mailbox-empty">
          <Envelope size={34} />
          <p>
            No page yet, and that is how it should be.
            <br />
            It arrives here by real SMTP, with its chart.
          </p>
        </div>
      ) : (
        <ul>
          {mails.value.map((mail) => (
            <li key={mail.id}>
              <button type="button" class="mail" onClick={() => setReading(mail)}>
                <Envelope size={16} />
                <span>
                  <b>{mail.subject}</b>
                  <small class="first-words">{firstWords(mail.text)}</small>
                  <small>
                    to {mail.to}, {showClock(mail.at, timezone.value)}
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {reading && (
        <Dialog title={reading.subject} close={() => setReading(null)} wide>
          <p class="mail-head">
            <b>{reading.from}</b> to {reading.to}
            <time>{showClock(reading.at, timezone.value)}</time>
          </p>
          <iframe
            title={reading.subject}
            src={`/api/demo/mailbox/${encodeURIComponent(reading.id)}/html`}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
          />
        </Dialog>
      )}
    </section>
  );
}
