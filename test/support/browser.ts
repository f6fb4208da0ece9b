/** A real Chromium for tests: the one that comes as a package, else one that is found on this machine. */
import { accessSync, constants } from 'node:fs';
import { platform } from 'node:os';
import { delimiter, join } from 'node:path';
import packaged from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];

const PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** @throws with what to install, where no browser can be had */
export async function openBrowser(): Promise<Browser> {
  const tried: string[] = [];
  for (const candidate of candidates()) {
    try {
      const options = await candidate.options();
      // As on a machine without a locale, wherever the tests run: a page without a language of its own meets `en-US@posix`.
      return await chromium.launch({ ...options, env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', LANGUAGE: '' } });
    } catch (error) {
      tried.push(`${candidate.name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  throw new Error(
    `No Chromium starts on this machine. Install one (apt-get install chromium). Tried:\n  ${tried.join('\n  ') || 'none was found'}`,
  );
}

/** Flags of the package that no person's browser has: a test has to meet the same walls between sites. */
const UNLIKE_A_PERSONS = [
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
];

/** They draw everything on a graphics card made of software: a screenshot then takes 10 s instead of 0.3 s. */
const SLOW = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--in-process-gpu'];

interface Candidate {
  readonly name: string;
  options(): Promise<{ executablePath: string; args?: string[]; headless: boolean }>;
}

function candidates(): Candidate[] {
  const ours: Candidate[] = [];
  if (platform() === 'linux' && process.arch === 'x64') {
    const unwanted = [...UNLIKE_A_PERSONS, ...SLOW];
    const args = [...packaged.args.filter((arg) => !unwanted.includes(arg)), '--disable-gpu'];
    ours.push({
      name: 'the packaged one',
      options: async () => ({ executablePath: await packaged.executablePath(), args, headless: true }),
    });
  }
  const found = [...onPath(), ...(PLACES[platform()] ?? [])].filter(runs);
  return [...ours, ...found.map((executablePath) => ({ name: executablePath, options: async () => ({ executablePath, headless: true }) }))];
}

function onPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
