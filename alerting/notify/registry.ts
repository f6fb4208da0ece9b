/** Name → notifier: which channels there are, made from what the YAML says. */
import { consoleNotifier } from './console.ts';
import { emailNotifier } from './email/email.ts';
import type { MailOptions } from './email/options.ts';
import type { Notifier } from './notifier.ts';

export type Notifiers = ReadonlyMap<string, Notifier>;

export interface NotifierOptions {
  /** Left out: nobody can be reached by e-mail. */
  readonly mail?: MailOptions | undefined;
  /** Takes one line of text for whoever watches this process. */
  readonly write: (line: string) => void;
}

export function notifiers({ mail, write }: NotifierOptions): Notifiers {
  const all: Notifier[] = [consoleNotifier(write), ...(mail ? [emailNotifier(mail)] : [])];
  return new Map(all.map((notifier) => [notifier.channel, notifier]));
}
