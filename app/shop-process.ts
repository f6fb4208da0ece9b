/** The demo shop as a child process: its buttons, its mailbox, its end. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CaughtMail } from '../examples/shop/mail-catcher.ts';
import type { FromShop, ToShop } from '../examples/shop/shop.ts';
import type { Action } from '../examples/shop/traffic.ts';
import { atMost } from '../platform/units/at-most.ts';
import type { Clock } from '../platform/units/clock.ts';
import { packageFolder } from './version.ts';

const MAILS_MAX = 100;
const END_MS = 3000;

export interface ShopProcess {
  /** Where its real SMTP catcher listens: `smtp://127.0.0.1:PORT`. */
  readonly smtpUrl: string;
  /** From here on its visitors come, and their events go to `url`. */
  open(url: string): void;
  act(action: Action): void;
  /** Oldest first. */
  mailbox(): readonly CaughtMail[];
  close(): Promise<void>;
}

/** Resolves once the mail catcher listens. */
export async function startShop(clock: Clock): Promise<ShopProcess> {
  const built = join(packageFolder, 'dist/examples/shop/shop.js');
  if (!existsSync(built)) throw new Error(`${built} is not there: run npm run build first`);
  const child = fork(built, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const mails: CaughtMail[] = [];
  const tell = (message: ToShop): void => void (child.connected && child.send(message));
  const smtpPort = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the demo shop ended with ${code} before it was ready`)));
    child.on('message', (message: FromShop) => {
      if ('smtpPort' in message) resolve(message.smtpPort);
      else {
        mails.push(message.mail);
        if (mails.length > MAILS_MAX) mails.shift();
      }
    });
  });
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    open: (url) => tell({ open: url }),
    act: (action) => tell({ act: action }),
    mailbox: () => mails,
    close: () => end(child, clock),
  };
}

/** SIGTERM, so that the sdk says goodbye; SIGKILL where that does not help. */
async function end(child: ChildProcess, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await atMost(clock, END_MS, ended);
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await ended;
}
