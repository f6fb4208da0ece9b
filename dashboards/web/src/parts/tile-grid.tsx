/** Tiles beside each other, as many in a row as there is room for, and no hole at the end. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { SeenMetric } from '../board/seen.ts';
import type { Size } from '../picture/size.ts';
import { columnsIn, evenRows } from './even-rows.ts';
import { Tile } from './tile.tsx';

const GAP_PX = 16;
const LARGE_COLUMNS_MAX = 3;
/** Narrower than this, one below the other. */
const PHONE_PX = 720;

interface TileGridProps {
  readonly metrics: readonly SeenMetric[];
  readonly size: Size;
  /** A tile is at least so wide, px. */
  readonly min: number;
  /** Told how many rows there are. */
  readonly onRows?: (rows: number) => void;
}

export function TileGrid({ metrics, size, min, onRows }: TileGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState(1);
  useLayoutEffect(() => {
    const host = grid.current as HTMLDivElement;
    const measure = (): void => setRoom(innerWidth < PHONE_PX ? 1 : columnsIn(host.clientWidth, min, GAP_PX));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(host);
    return () => observer.disconnect();
  }, [min]);
  const { tracks, spans, rows } = evenRows(metrics.length, size === 'large' ? Math.min(room, LARGE_COLUMNS_MAX) : room);
  useLayoutEffect(() => onRows?.(rows), [rows]);
  return (
    <div class={`${size}-tiles`} ref={grid} style={{ gridTemplateColumns: `repeat(${tracks}, minmax(0, 1fr))` }}>
      {metrics.map((metric, i) => (
        <Tile key={metric.name} metric={metric} size={size} span={spans[i] ?? 1} />
      ))}
    </div>
  );
}
