/** What `plummet doctor` found, as people and as programs read it. */
import type { Diagnosis } from '../../platform/units/diagnosis.ts';
import { type Output, wrap } from './output.ts';

const COLUMNS = 78;
const INDENT = '    ';

/** What was found of one part of the whole. */
export interface Examined {
  readonly part: string;
  readonly findings: readonly Diagnosis[];
}

export function sayPart({ part, findings }: Examined, { line, mark, style }: Output): void {
  const marks = { well: mark.good, warning: mark.warning, ill: mark.bad } as const;
  line(style('bold', part));
  for (const { is, of, says, mend = [] } of findings) {
    // Wrapped without the mark, whose colours are not seen but counted.
    const text = wrap(`${of}: ${says}`, COLUMNS - INDENT.length, INDENT);
    line(`  ${marks[is]} ${text}`);
    // A command is copied as it stands, so it is never broken.
    for (const one of mend) line(`      ${style('blue', one)}`);
  }
  line();
}

export function summaryOf(parts: readonly Examined[], { mark }: Output): string {
  const count = (is: Diagnosis['is']): number => parts.flatMap(({ findings }) => findings).filter((finding) => finding.is === is).length;
  const ill = count('ill');
  const warnings = count('warning');
  const more = warnings === 0 ? '' : `${ill > 0 ? ', and ' : ''}${warnings} ${warnings === 1 ? 'thing' : 'things'} could be better`;
  if (ill > 0)
    return `${mark.bad} ${ill} ${ill === 1 ? 'thing stops or misleads' : 'things stop or mislead'} Plummet${more}. Nothing was changed.`;
  if (warnings > 0) return `${mark.warning} Plummet can run; ${more}. Nothing was changed.`;
  return `${mark.good} Plummet can run. Nothing was changed.`;
}

export function partsJson(parts: readonly Examined[]): object {
  const good = !parts.some(({ findings }) => findings.some(({ is }) => is === 'ill'));
  const plain = parts.map(({ part, findings }) => ({
    part,
    findings: findings.map(({ is, of, says, mend = [] }) => ({ is, of, says, mend })),
  }));
  return { good, parts: plain };
}
