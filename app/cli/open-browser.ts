/** Shows an address in the person's browser, where there is a person and a screen. */
import { spawn } from 'node:child_process';

/** Nothing happens in CI, over ssh, or where the opener is missing: the address was printed. */
export function openBrowser(url: string): void {
  const screen = process.platform === 'darwin' || process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined;
  if (!process.stdout.isTTY || !screen || process.env.CI !== undefined) return;
  const opener = spawn(process.platform === 'darwin' ? 'open' : 'xdg-open', [url], { stdio: 'ignore', detached: true });
  opener.on('error', () => undefined);
  opener.unref();
}
