/** A test file that looks at the built pages in a real browser: one build, one browser, and each test leaves nothing behind. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { ROOT } from '../support/sources.ts';
import { buildWeb } from '../support/web-build.ts';
import { temporaryFolder } from './stage.ts';

/** What was seen is left here. */
export const PICTURES = join(ROOT, 'test-output/dashboards');

export interface InBrowser {
  readonly webFolder: string;
  browser(): Browser;
  /** What a test opened: closed after it, the last first. */
  readonly closing: (() => unknown)[];
  /** Whatever is in here after a test fails it. */
  readonly faults: string[];
}

export function inBrowser(): InBrowser {
  const web = temporaryFolder();
  const closing: (() => unknown)[] = [];
  const faults: string[] = [];
  let browser: Browser | undefined;
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    buildWeb(web.path);
    browser = await openBrowser();
  }, 120_000);
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    expect(faults.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    web.remove();
  });
  return { webFolder: web.path, browser: () => browser as Browser, closing, faults };
}
