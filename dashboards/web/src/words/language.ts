/**
 * A browser on a machine without a locale (`LANG=C.UTF-8`) calls its language `en-US@posix`, which no formatter takes. Whoever makes
 * one while a page is loaded, as uPlot does, leaves the page empty. Numbers are then written as in English. To be imported first.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
