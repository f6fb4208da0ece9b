/** The port to people: one notifier a channel. It tries once, soon says what came of it, and never throws. */
import type { KnownIncident } from '../incident/incident.ts';
import type { Way } from '../oncall/contact.ts';
import type { Facts } from './facts.ts';

export interface Message {
  /** The same however often it is tried: by it a receiver knows a repeat. */
  readonly key: string;
  /** Messages about one incident belong together. */
  readonly incident: string;
  readonly person: string;
  readonly way: Way;
  /** What an earlier try came to is not known: this one may be a repeat. */
  readonly repeat: boolean;
  readonly facts: Facts;
  /** The incident as it stood when this was said, for ways that take numbers. */
  readonly state: KnownIncident;
  /** Left out where none was ready: the facts say everything without it. */
  readonly picture?: Picture;
}

/** A fall as it is seen. */
export interface Picture {
  readonly png: Uint8Array;
  /** What it shows, for whoever does not see it. */
  readonly alt: string;
}

export type Outcome =
  | { readonly kind: 'sent' /** What the provider answered. */; readonly detail: string }
  | {
      readonly kind: 'failed';
      /** For the journal: what was answered, without any secret. */
      readonly reason: string;
      /** Whether the same way may work later. */
      readonly again: boolean;
      /** For so long the other side asks to be left alone. */
      readonly waitMs?: number;
    };

export interface Notifier {
  readonly channel: string;
  /** Whether its messages carry a picture. */
  readonly isIllustrated?: boolean;
  /** Ends soon after `signal` aborts, whatever the other side does. */
  send(message: Message, signal: AbortSignal): Promise<Outcome>;
}
