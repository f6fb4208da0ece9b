/** Which partitions are ours: `--slice 2/4` is the second of four shares. Nothing is dealt anew while processes come and go. */

export interface Slice {
  /** 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Slice = { index: 1, of: 1 };

/** @returns the slice, or what is wrong with the text */
export function parseSlice(text: string): Slice | string {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim());
  if (!match) return `"${text}" is no slice: write which one of how many, like 2/4`;
  const [index, of] = [Number(match[1]), Number(match[2])];
  if (of < 1) return `"${text}" is no slice: there is at least one, 1/1`;
  if (index < 1) return `slices are counted from 1: of ${of} the first is 1/${of}`;
  if (index > of) return `there is no slice ${index} of ${of}: the last one is ${of}/${of}`;
  return { index, of };
}

export const showSlice = ({ index, of }: Slice): string => `${index}/${of}`;

/** Partitions p with p mod `of` = `index` - 1. */
export function partitionsIn({ index, of }: Slice, partitions: number): number[] {
  return Array.from({ length: partitions }, (_, partition) => partition).filter((partition) => partition % of === index - 1);
}
