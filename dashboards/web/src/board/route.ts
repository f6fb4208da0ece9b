/** Which page is shown. Links of our own change it without leaving, so that the stream goes on. */
import { batch, signal } from '@preact/signals';

export const path = signal(location.pathname);
/** What follows the `?` of the address, with it; of a metric's page the span. */
export const search = signal(location.search);

/** A screen on a wall: `?kiosk`. */
export const kiosk = new URLSearchParams(location.search).has('kiosk');

const OURS = /^\/((incidents|m)\/[^/]+\/?)?$/;

export function goTo(to: string): void {
  const before = path.value;
  history.pushState(null, '', to);
  meetAddress();
  if (path.value !== before) scrollTo(0, 0);
}

function meetAddress(): void {
  batch(() => {
    path.value = location.pathname;
    search.value = location.search;
  });
}

export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;

/** The incident of this address, or null. */
export function incidentIn(pathname: string): string | null {
  const id = /^\/incidents\/([^/]+)\/?$/.exec(pathname)?.[1];
  return id === undefined ? null : decodeURIComponent(id);
}

export const metricPath = (name: string): string => `/m/${encodeURIComponent(name)}`;

/** The metric of this address, or null. */
export function metricIn(pathname: string): string | null {
  const name = /^\/m\/([^/]+)\/?$/.exec(pathname)?.[1];
  return name === undefined ? null : decodeURIComponent(name);
}

export function followLinks(): void {
  addEventListener('popstate', meetAddress);
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null;
    if (!link || link.origin !== location.origin || link.target !== '' || !OURS.test(link.pathname)) return;
    event.preventDefault();
    goTo(link.pathname + link.search);
  });
}
