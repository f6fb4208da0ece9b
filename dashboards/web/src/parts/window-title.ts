/** The window's icon: the plain mark, or the octagon while a person is needed. */

import plain from '../styles/favicon.svg?url';
import down from '../styles/favicon-down.svg?url';

let shown: string | null = null;

export function showFavicon(needed: boolean): void {
  const href = needed ? down : plain;
  if (href === shown) return;
  shown = href;
  let link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link) {
    link = document.createElement('link');
    link.rel = 'icon';
    document.head.append(link);
  }
  link.type = 'image/svg+xml';
  link.href = href;
}
