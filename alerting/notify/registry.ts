/** Name → notifier: which channels there are, made from what the YAML says. */
import { reachOf, type SecurityOptions } from './allow-private.ts';
import { consoleNotifier } from './console.ts';
import { emailNotifier } from './email/email.ts';
import type { MailOptions } from './email/options.ts';
import type { Notifier } from './notifier.ts';
import { pagerdutyNotifier } from './pagerduty/pagerduty.ts';
import { webhookNotifier } from './webhook/webhook.ts';

export type Notifiers = ReadonlyMap<string, Notifier>;

export interface NotifierOptions {
  /** Left out: nobody can be reached by e-mail. */
  readonly mail?: MailOptions | undefined;
  /** Takes one line of text for whoever watches this process. */
  readonly write: (line: string) => void;
  /** Left out: nothing on a network of our own may be reached. */
  readonly security?: SecurityOptions | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function notifiers({ mail, write, security, now }: NotifierOptions): Notifiers {
  const mayReach = reachOf(security?.allow_private);
  const all: Notifier[] = [
    consoleNotifier(write),
    ...(mail ? [emailNotifier(mail)] : []),
    webhookNotifier({ mayReach, now }),
    pagerdutyNotifier({ mayReach }),
  ];
  return new Map(all.map((notifier) => [notifier.channel, notifier]));
}
