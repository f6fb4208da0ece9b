/** What a person sees of a metric's last five minutes, row by row, and what the history has of the same seconds. */
import type { Page } from 'playwright-core';
import type { RatesAnswer } from '../../dashboards/live-frames.ts';
import { showClock } from '../../platform/units/clock-time.ts';
import { showRate } from '../../platform/units/rate.ts';

const ROW_SECONDS = 10;

export interface SeenRow {
  /** `14:03:10` */
  readonly from: string;
  readonly rate: string;
  /** `97, 121` */
  readonly range: string;
  readonly state: string;
}

/** Opens the table of a tile, reads it, closes it; the newest row is left out, as it is not over. */
export async function seenRows(page: Page, name: string): Promise<SeenRow[]> {
  await page.evaluate((metric) => {
    const all = [...document.querySelectorAll<HTMLElement>('.tile')];
    const tile = all.find((one) => one.getAttribute('aria-label') === metric);
    tile?.querySelector<HTMLElement>('.table-button')?.click();
  }, name);
  await page.waitForSelector('dialog tbody tr');
  const rows = await page.evaluate(() => {
    const texts = [...document.querySelectorAll('dialog tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent ?? ''));
    document.querySelector('dialog')?.close();
    return texts;
  });
  await page.locator('dialog').waitFor({ state: 'detached' });
  return rows.slice(1).map(([from = '', rate = '', range = '', , , state = '']) => ({ from, rate, range, state }));
}

/** The same rows from the history, whatever was asked of it: those that begin in [from, to), epoch seconds. */
export async function rowsOfHistory(url: string, name: string, { from, to }: { from: number; to: number }): Promise<SeenRow[]> {
  const first = Math.ceil(from / ROW_SECONDS) * ROW_SECONDS;
  const query = `from=${new Date(first * 1000).toISOString()}&to=${new Date(to * 1000).toISOString()}&step=1s`;
  const response = await fetch(`${url}/api/metrics/${name}/rates?${query}`);
  const { counts, state } = (await response.json()) as RatesAnswer;
  return Array.from({ length: Math.floor((to - first) / ROW_SECONDS) }, (_, i) => {
    const known = counts.slice(i * ROW_SECONDS, (i + 1) * ROW_SECONDS).filter((n) => n !== null);
    const sum = known.reduce((all, n) => all + n, 0);
    const last = state.slice(i * ROW_SECONDS, (i + 1) * ROW_SECONDS).findLast((one) => one !== null) ?? 'no data';
    return {
      from: showClock((first + i * ROW_SECONDS) * 1000, 'UTC'),
      rate: known.length === 0 ? '–' : showRate(sum / known.length),
      range: known.length === 0 ? '–' : `${Math.min(...known)}, ${Math.max(...known)}`,
      state: last,
    };
  });
}
