/** A page of an older version makes way for the one that the server has now, once nobody is in the middle of something. */

/** Servers of two versions may answer in turn while they are replaced. */
const AGAIN_MS = 60_000;
const RELOADED_AT = 'plummet.reloaded-at';
/** Not all viewers of a server load its files in the same moment. */
const SPREAD_MS = 3000;

let loaded: string | null = null;
let dueAt: number | null = null;

export function meetVersion(version: string): void {
  loaded ??= version;
  if (version === loaded) dueAt = null;
  else dueAt ??= performance.now() + SPREAD_MS * Math.random();
}

/** To be called now and then, while the server is heard. */
export function renewWhenIdle(): void {
  if (dueAt === null || performance.now() < dueAt || isBusy() || Date.now() - reloadedAt() < AGAIN_MS) return;
  dueAt = null;
  try {
    sessionStorage.setItem(RELOADED_AT, String(Date.now()));
  } catch {
    // Without a memory it might reload without end.
    return;
  }
  location.reload();
}

/** Something is open or being written. */
function isBusy(): boolean {
  const focused = document.activeElement;
  const writes = focused instanceof HTMLElement && (focused.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(focused.tagName));
  return writes || document.querySelector('dialog[open]') !== null;
}

function reloadedAt(): number {
  try {
    return Number(sessionStorage.getItem(RELOADED_AT) ?? 0);
  } catch {
    return 0;
  }
}
