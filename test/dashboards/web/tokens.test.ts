import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('../../../dashboards/web/src/styles/tokens.css', import.meta.url), 'utf8');

type Rgb = [number, number, number];

function tokensOf(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
}

const dark = tokensOf(':root');
const themes = { dark, light: { ...dark, ...tokensOf(':root[data-theme="light"]') } };

function rgb(hex: string | undefined): Rgb {
  const match = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(hex ?? '');
  if (!match) throw new Error(`"${hex}" is no colour of six digits`);
  return [match[1], match[2], match[3]].map((part) => Number.parseInt(part as string, 16)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, 1.4.3. */
function contrast(a: Rgb, b: Rgb): number {
  const [light, deep] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (deep + 0.05);
}

function tinted(over: Rgb, tint: Rgb, percent: string | undefined): Rgb {
  const share = Number.parseFloat(percent ?? '') / 100;
  return over.map((value, i) => value * (1 - share) + (tint[i] as number) * share) as Rgb;
}

describe.each(Object.entries(themes))('in the %s theme', (_, theme) => {
  const tile = rgb(theme.tile);
  const grounds = {
    page: rgb(theme.page),
    tile,
    dropped: tinted(tile, rgb(theme.dropped), theme['dropped-tint']),
    blind: tinted(tile, rgb(theme.blind), theme['blind-tint']),
  };

  test.each(Object.entries(grounds))('every text can be read on the %s ground', (_ground, ground) => {
    for (const name of ['text-1', 'text-2', 'text-3', 'data', 'dropped', 'blind']) {
      expect(contrast(rgb(theme[name]), ground), name).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('state words can be read on a tile', () => {
    for (const name of ['ok', 'attention']) expect(contrast(rgb(theme[name]), tile), name).toBeGreaterThanOrEqual(4.5);
  });

  test('controls and bars stand out from their ground', () => {
    expect(contrast(rgb(theme.control), tile)).toBeGreaterThanOrEqual(3);
    expect(contrast(rgb(theme.bars), tile)).toBeGreaterThanOrEqual(3);
  });

  test('words on a filled area can be read', () => {
    expect(contrast(rgb(theme['sev1-ink']), rgb(theme.sev1))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(rgb(theme['badge-ink']), rgb(theme.badge))).toBeGreaterThanOrEqual(4.5);
  });
});
