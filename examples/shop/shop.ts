/** The demo shop: an ordinary app that uses the sdk, in a process of its own. Its parent presses the buttons. */
import { connect } from '@plummet/sdk';
import { OrderPlaced, PaymentTaken, SearchRun, UserRegistered } from './events.ts';
import { type CaughtMail, catchMail } from './mail-catcher.ts';
import { type Action, countryOf, poisson, ShopTraffic } from './traffic.ts';

export type ToShop = { readonly open: string } | { readonly act: Action };
export type FromShop = { readonly smtpPort: number } | { readonly mail: CaughtMail };

/** Visitors come in portions of this many milliseconds. */
const PORTION_MS = 40;

const traffic = new ShopTraffic(Math.random);
const tell = (message: FromShop): unknown => process.send?.(message);
const pick = <T>(choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)] as T;

/** Takes the money for most orders: an observer like any other. */
class Checkout {
  paid = 1;

  handleOrderPlaced({ data }: OrderPlaced): void {
    if (Math.random() < this.paid) new PaymentTaken({ amount: data.amount }).publish();
  }
}

function open(url: string): void {
  const plummet = connect({ url, producer: 'demo-shop', send: ['amount', 'channel', 'country', 'plan'] });
  const checkout = new Checkout();
  OrderPlaced.notifies(plummet, checkout);
  for (const event of [PaymentTaken, UserRegistered, SearchRun]) event.notifies(plummet);

  // The doors open at a full second, so that the first one counted is a whole one.
  let last = Math.ceil(Date.now() / 1000) * 1000;
  const sell = (to: number): void => {
    const seconds = (to - last) / 1000;
    last = to;
    const expected = traffic.at(to / 1000);
    checkout.paid = expected.paid;
    const times = (perSecond: number, what: () => void): void => {
      for (let left = poisson(perSecond * seconds, Math.random); left > 0; left--) what();
    };
    times(expected.orders, () => {
      const country = countryOf(Math.random);
      if (country === expected.closedIn) return;
      new OrderPlaced({ amount: Math.round(10 + Math.random() * 90), channel: pick(['web', 'app']), country }).publish();
    });
    times(expected.signups, () => new UserRegistered({ plan: pick(['free', 'pro', 'team']) }).publish());
    times(expected.searches, () => new SearchRun({}).publish());
  };
  setInterval(() => {
    const now = Date.now();
    // A machine that was busy sells what it should have, portion by portion, so that no short dip is passed over; a second at most.
    last = Math.max(last, now - 1000);
    while (last + PORTION_MS <= now) sell(last + PORTION_MS);
  }, PORTION_MS);
}

process.on('message', (message: ToShop) => {
  if ('open' in message) open(message.open);
  else traffic.act(message.act, Date.now() / 1000);
});
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

const { port } = await catchMail((mail) => tell({ mail }));
tell({ smtpPort: port });
