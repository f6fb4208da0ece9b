/** Webhooks: Alertmanager's body, signed as Standard Webhooks say. One POST, tried once. */
import { createHmac } from 'node:crypto';
import type { MayReach } from '../allow-private.ts';
import type { Notifier } from '../notifier.ts';
import { post } from '../post.ts';
import { bodyOf } from './body.ts';
import { signingKeyOf } from './options.ts';

export interface WebhookOptions {
  readonly mayReach: MayReach;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function webhookNotifier({ mayReach, now }: WebhookOptions): Notifier {
  return {
    channel: 'webhook',
    async send(message, signal) {
      const { to: url, secret } = message.way;
      const body = JSON.stringify(bodyOf(message));
      const timestamp = String(Math.floor(now() / 1000));
      const headers = {
        // The same at each try: a receiver that has it already can tell.
        'webhook-id': message.key,
        'webhook-timestamp': timestamp,
        ...(secret !== undefined && { 'webhook-signature': signatureOf(`${message.key}.${timestamp}.${body}`, secret) }),
      };
      return post({ url, headers, body, secrets: secret === undefined ? [] : [secret], mayReach }, signal);
    },
  };
}

/** @see https://www.standardwebhooks.com, symmetric signatures */
function signatureOf(signed: string, secret: string): string {
  return `v1,${createHmac('sha256', signingKeyOf(secret)).update(signed).digest('base64')}`;
}
