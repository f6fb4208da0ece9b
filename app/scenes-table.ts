/** The scenes of `plummet test` as the manual's table: made from what is played. */
import { SCENES, type SceneKind } from '../detectors/backtest/scenes.ts';
import { showDuration } from '../platform/units/duration.ts';

const TABLE = /(<!-- scenes -->\n)[\s\S]*?(<!-- \/scenes -->)/;
const HEAD = '| scene | does | usually | as a series |\n| --- | --- | --- | --- |\n';
/** A dip that begins at a third of a second shows how one is spread over seconds. */
const PHASE = 0.3;

export function withScenes(manual: string): string {
  return manual.replace(TABLE, (_, begin: string, end: string) => `${begin}${HEAD}${SCENES.map(rowOf).join('')}${end}`);
}

function rowOf({ name, does, lasts, at, stage, closes }: SceneKind): string {
  const time = `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  const takes = lasts ? `${showDuration(lasts.usually * 1000)}, at ${time}` : `at ${time}`;
  const { series } = stage({ lasts: lasts?.usually ?? 0, lost: 0.5, phase: PHASE });
  return `| \`${name}\` | ${does} | ${takes} | \`${series}\`${closes ? ', closed between' : ''} |\n`;
}
