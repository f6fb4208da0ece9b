/** Which page is shown. Links of our own change it without leaving, so that the stream goes on. */
import { signal } from '@preact/signals';

export const path = signal(location.pathname);

/** A screen on a wall: `?kiosk`. */
export const kiosk = new URLSearchParams(location.search).has('kiosk');

const OURS = /^\/(incidents\/[^/]+\/?)?$/;

export function goTo(to: string): void {
  history.pushState(null, '', to);
  path.value = location.pathname;
  scrollTo(0, 0);
}

export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;

/** The incident of this address, or null. */
export function incidentIn(pathname: string): string | null {
  const id = /^\/incidents\/([^/]+)\/?$/.exec(pathname)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

export function followLinks(): void {
  addEventListener('popstate', () => {
    path.value = location.pathname;
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
    if (!link || link.origin !== location.origin || link.target !== '' || !OURS.test(link.pathname)) return;
    event.preventDefault();
    goTo(link.pathname);
  });
}
