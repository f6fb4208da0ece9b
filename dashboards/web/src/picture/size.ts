/** The three sizes in which a metric is drawn, and what belongs to each. */

/** `kiosk` is read across a room: designed at 1920 by 1080 and scaled to the screen. */
export type Size = 'large' | 'small' | 'kiosk';

/** CSS pixels of one pixel of the kiosk's design. */
export function kioskUnit(): number {
  return Math.max(0.35, Math.min(innerWidth / 1920, innerHeight / 1080));
}

interface Measures {
  /** Room for the labels at the right; small pictures have only the dot's halo there. */
  readonly gutterPx: number;
  readonly meanPx: number;
  readonly rawPx: number;
  readonly dotPx: number;
  readonly stripPx: number;
  /** Room for the minutes below. */
  readonly minutesPx: number;
  /** Minutes are at least so far apart. */
  readonly labelPx: number;
  readonly fontPx: number;
  /** Above and below the plot. */
  readonly padPx: number;
  readonly labelled: boolean;
}

const LARGE: Measures = {
  ...{ gutterPx: 46, meanPx: 2, rawPx: 1, dotPx: 4, stripPx: 46, minutesPx: 22, labelPx: 52, fontPx: 12, padPx: 7 },
  labelled: true,
};
const SMALL: Measures = { ...LARGE, gutterPx: 8, meanPx: 1.5, dotPx: 2.75, stripPx: 13, padPx: 2, labelled: false };
const KIOSK: Measures = {
  ...{ gutterPx: 92, meanPx: 3.2, rawPx: 1.2, dotPx: 6, stripPx: 46, minutesPx: 40, labelPx: 140, fontPx: 24, padPx: 13 },
  labelled: true,
};

export function measuresOf(size: Size): Measures {
  if (size === 'large') return LARGE;
  if (size === 'small') return SMALL;
  const unit = kioskUnit();
  const scaled = Object.entries(KIOSK).map(([name, value]) => [name, typeof value === 'number' ? value * unit : value]);
  return Object.fromEntries(scaled) as unknown as Measures;
}

export function canvasFont({ fontPx }: Measures): string {
  return `${fontPx}px "Inter Variable", system-ui, sans-serif`;
}
