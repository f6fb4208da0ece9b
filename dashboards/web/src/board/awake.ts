/** Keeps a screen on a wall from going dark, where the browser can: only by HTTPS or from the same machine. */

/** @returns ends it */
export function stayAwake(): () => void {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = async (): Promise<void> => {
    // A lock is taken away when the page is hidden.
    if (over || document.hidden || (lock && !lock.released)) return;
    lock = await navigator.wakeLock?.request('screen').catch(() => null);
  };
  const again = (): void => void ask();
  again();
  document.addEventListener('visibilitychange', again);
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', again);
    void lock?.release();
  };
}
