/** Every shape of the dashboard. A state is known by its silhouette before its word is read and its colour seen. */
import type { ComponentChildren } from 'preact';
import type { Face } from '../words/states.ts';

interface IconProps {
  readonly size?: number;
  readonly class?: string;
}

/** Drawn on a square of 24. */
function Icon({ size = 16, class: name, width = 2, children }: IconProps & { width?: number; children: ComponentChildren }) {
  return (
    <svg
      class={name}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={width}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const OCTAGON = 'M8.1 2.5h7.8L21.5 8.1v7.8l-5.6 5.6H8.1L2.5 15.9V8.1Z';
const ARROW = 'M12 7v9.6M7.8 12.6l4.2 4.2 4.2-4.2';
const EYE = 'M2.5 12.2C5.5 7.4 8.6 5.6 12 5.6s6.5 1.8 9.5 6.6C18.5 17 15.4 18.8 12 18.8S5.5 17 2.5 12.2Z';

export const Ring = (props: IconProps) => (
  <Icon {...props} width={2.3}>
    <circle cx="12" cy="12" r="9.6" />
    <path d="m7.8 12.4 2.9 2.9 5.6-6" />
  </Icon>
);

export const Triangle = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3.5 5h17L12 20Z" />
  </Icon>
);

/** Filled: the only filled shape there is. Its arrow has the colour of what lies behind. */
export const Octagon = (props: IconProps) => (
  <Icon {...props} width={2.6}>
    <path d={OCTAGON} fill="currentColor" stroke-width="1.5" />
    <path d={ARROW} class="cut" />
  </Icon>
);

export const HollowOctagon = (props: IconProps) => (
  <Icon {...props}>
    <path d={OCTAGON} />
    <path d="M12 7.5v8.3M8.6 12.6l3.4 3.4 3.4-3.4" />
  </Icon>
);

export const TwoTicks = (props: IconProps) => (
  <Icon {...props} width={2.2}>
    <path d="m1.8 13 4.4 4.4L15 7.2M11.3 16.6l.900.8L22 7.2" />
  </Icon>
);

export const Rising = (props: IconProps) => (
  <Icon {...props}>
    <path d="m2.5 17.5 6.3-6.3 4.2 4.2 8-8.4M15 6.5h6.5V13" />
  </Icon>
);

/** A level that goes over into a lower one. */
export const LowerLevel = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2 7.5h6.5c3.5 0 3.5 9 7 9H22" />
  </Icon>
);

export const HigherLevel = (props: IconProps) => (
  <Icon {...props}>
    <path d="M2 16.5h6.5c3.5 0 3.5-9 7-9H22" />
  </Icon>
);

export const StruckEye = (props: IconProps) => (
  <Icon {...props}>
    <path d={EYE} />
    <circle cx="12" cy="12.2" r="2.8" />
    <path d="M4.5 20.5 19.5 3.5" />
  </Icon>
);

export const DashedClock = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="9.4" stroke-dasharray="3.7 3.68" stroke-linecap="butt" />
    <path d="M12 7v5.2l3.2 2" />
  </Icon>
);

export const Dots = (props: IconProps) => (
  <Icon {...props} width={3.6}>
    <path d="M4.5 12h.01M12 12h.01M19.5 12h.01" />
  </Icon>
);

/** Two halves of a plug that came apart. */
export const Unplugged = (props: IconProps) => (
  <Icon {...props}>
    <path d="m2.5 21.5 3-3M7.3 10.7l6 6-1.7 1.7a4.24 4.24 0 0 1-6-6Z" />
    <path d="m18.5 5.5 3-3M16.7 13.3l-6-6 1.7-1.7a4.24 4.24 0 0 1 6 6ZM9 15l2-2M11 9.5 13 7.5" />
  </Icon>
);

export const Bell = (props: IconProps) => (
  <Icon {...props}>
    <path d="M18 9.5a6 6 0 0 0-12 0c0 5.5-2.3 7-2.3 7h16.6S18 15 18 9.5ZM10 20.5a2.3 2.3 0 0 0 4 0" />
  </Icon>
);

export const StruckBell = (props: IconProps) => (
  <Icon {...props}>
    <path d="M8.2 4.9A6 6 0 0 1 18 9.5c0 2.5.5 4.2 1 5.3M16.5 16.5H3.7S6 15 6 9.5c0-.5 0-.9.1-1.3" />
    <path d="M10 20.5a2.3 2.3 0 0 0 4 0M3.5 2.5l17 19" />
  </Icon>
);

export const Envelope = (props: IconProps) => (
  <Icon {...props}>
    <rect x="2.5" y="4.5" width="19" height="15" rx="2" />
    <path d="m3.5 7 8.5 6 8.5-6" />
  </Icon>
);

export const Flag = (props: IconProps) => (
  <Icon {...props}>
    <path d="M5 21V4h12.5l-2.5 4.2 2.5 4.3H5" />
  </Icon>
);

/** A deploy. */
export const Hexagon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M12 2.5 20.5 7v10L12 21.5 3.5 17V7Z" />
  </Icon>
);

export const Box = (props: IconProps) => (
  <Icon {...props}>
    <path d="m12 2.5 8.5 4.8v9.4L12 21.5l-8.5-4.8V7.3ZM3.5 7.3 12 12l8.5-4.7M12 12v9.5" />
  </Icon>
);

export const Slope = (props: IconProps) => (
  <Icon {...props}>
    <path d="M3 5.5c7 0 8.5 11.5 18 13" />
  </Icon>
);

export const Bolt = (props: IconProps) => (
  <Icon {...props}>
    <path d="M13 2.5 4.5 13.5H11L10 21.5 19.5 10H13Z" />
  </Icon>
);

export const Card = (props: IconProps) => (
  <Icon {...props}>
    <rect x="2.5" y="5" width="19" height="14" rx="2" />
    <path d="M2.5 10h19M6.5 15h4" />
  </Icon>
);

export const Copy = (props: IconProps) => (
  <Icon {...props}>
    <rect x="8.5" y="8.5" width="12" height="12" rx="2" />
    <path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3" />
  </Icon>
);

export const Tick = (props: IconProps) => (
  <Icon {...props} width={2.4}>
    <path d="m5 12.5 4.5 4.5L19.5 7" />
  </Icon>
);

export const Cross = (props: IconProps) => (
  <Icon {...props} width={2.2}>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);

export const Table = (props: IconProps) => (
  <Icon {...props}>
    <rect x="3" y="4.5" width="18" height="15" rx="2" />
    <path d="M3 9.5h18M3 14.5h18M9.5 9.5v10" />
  </Icon>
);

export const Sun = (props: IconProps) => (
  <Icon {...props}>
    <circle cx="12" cy="12" r="4.2" />
    <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
  </Icon>
);

export const Moon = (props: IconProps) => (
  <Icon {...props}>
    <path d="M20 14.3A8.5 8.5 0 1 1 9.7 4a7 7 0 0 0 10.3 10.3Z" />
  </Icon>
);

/** A rate that falls, and what it lands on. */
export const Mark = ({ size = 22 }: IconProps) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" focusable="false">
    <path
      d="M2.5 6h8.3c2.8 0 4 1.1 4.5 3.7l1.5 7.6"
      stroke="currentColor"
      stroke-width="2.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    />
    <path d="m17.6 14.6 3 3.5-3 3.5-3-3.5Z" fill="currentColor" stroke="currentColor" stroke-width="1" stroke-linejoin="round" />
  </svg>
);

/** A terminal waits for a word. */
export const Prompt = (props: IconProps) => (
  <Icon {...props}>
    <path d="m4.5 6 6 6-6 6M13 18.5h7" />
  </Icon>
);

export function FaceIcon({ face, size }: { face: Face; size?: number }) {
  const props = size === undefined ? {} : { size };
  switch (face) {
    case 'normal':
      return <Ring {...props} />;
    case 'falling':
      return <Triangle {...props} />;
    case 'dropped':
      return <Octagon {...props} />;
    case 'acknowledged':
      return <TwoTicks {...props} />;
    case 'recovering':
      return <Rising {...props} />;
    case 'minor':
      return <HollowOctagon {...props} />;
    case 'blind':
      return <StruckEye {...props} />;
    case 'warming':
      return <DashedClock {...props} />;
    case 'silenced':
      return <StruckBell {...props} />;
    case 'slow':
    case 'waiting':
      return <Dots {...props} />;
  }
}

/** A closing or a sale that somebody planned. */
export const Calendar = (props: IconProps) => (
  <Icon {...props}>
    <path d="M4 6h16v14H4ZM4 10.5h16M8.5 3v5M15.5 3v5" />
  </Icon>
);
