/** Pictures of what people see, for people to look at: in `test-output/`, in both schemes, on a desk and on a phone. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { ROOT } from './sources.ts';

export const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const FOLDER = join(ROOT, 'test-output');

/** Leaves the page on the desk, in the dark scheme; nothing may stand out at the side of any screen. */
export async function takePictures(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const [device, size] of [
    ['phone', PHONE],
    ['desk', DESK],
  ] as const) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // What is drawn on canvases follows with the next frame but one.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await page.screenshot({ path: join(FOLDER, `${name}-${device}-${colorScheme}.png`) });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
  }
}
