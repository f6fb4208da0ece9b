/** Facts → a letter: text and HTML that say the same. The HTML needs no picture, no font and nothing from the network. */
import type { Facts } from '../facts.ts';

export interface Letter {
  readonly text: string;
  readonly html: string;
}

const REPEAT = 'This may have reached you before: the answer to an earlier try was lost.';

export interface LetterOptions {
  /** It may have been read before. */
  readonly repeat?: boolean;
  /** A picture that travels with the letter, by its Content-ID. */
  readonly picture?: { readonly cid: string; readonly alt: string };
}

export function letterOf(facts: Facts, { repeat = false, picture }: LetterOptions = {}): Letter {
  return { text: textOf(facts, repeat), html: htmlOf(facts, repeat, picture) };
}

function textOf({ headline, lead, action, rows, incidentUrl, footer, banner }: Facts, repeat: boolean): string {
  const width = Math.max(0, ...rows.map(({ label }) => label.length)) + 2;
  return [
    headline,
    `${lead.strong}${lead.rest}`,
    '',
    ...(action ? [`${action.label}: ${action.url}`, action.hint, ''] : []),
    ...rows.map(({ label, value, aside }) => `${label.padEnd(width)}${value}${aside ? ` ${aside}` : ''}`),
    '',
    `Open the incident: ${incidentUrl}`,
    `${banner.text}, ${banner.time}`,
    footer,
    ...(repeat ? [REPEAT] : []),
    '',
  ].join('\n');
}

/** Light scheme, dark on white: contrast at least 4.5 : 1 everywhere. */
const INK = '#12161C';
const INK_2 = '#4C5663';
const BLUE = '#0072B2';
const LINE = '#E2E6EB';
const PAGE = '#EBEEF2';
const TILE = '#FFFFFF';
const GREEN = '#007A58';
/** The one filled area: a person is needed now. */
const ALARM = '#B84300';

const FONT = "font-family:Inter,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"';

function htmlOf(facts: Facts, repeat: boolean, picture: LetterOptions['picture']): string {
  const { headline, lead, subject, footer } = facts;
  // The subject of a page says its headline; that of what follows is the page's, and these words tell them apart in a list.
  const preview = `${facts.kind === 'page' ? '' : `${headline}. `}${lead.strong}${lead.rest}`;
  const head = `margin:0;${FONT};font-size:33px;line-height:40px;font-weight:650;letter-spacing:-.022em;color:${INK}`;
  const foot = `padding:20px 32px;${FONT};font-size:13px;line-height:20px;color:${INK_2}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="supported-color-schemes" content="light">
<title>${escaped(subject)}</title>
<style>
@media (max-width:560px){
.edge{padding-left:20px!important;padding-right:20px!important}
.head{font-size:27px!important;line-height:33px!important}
.stack{display:block!important;width:auto!important;padding-left:0!important}
.under{padding-top:12px!important}
.button a{display:block!important}
.label{width:112px!important}
.wide{padding-left:8px!important;padding-right:8px!important}
}
</style>
</head>
<body style="margin:0;padding:0;background:${PAGE};${FONT};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden">${escaped(preview)}</div>
<table ${TABLE} width="100%" style="background:${PAGE}"><tr><td align="center" style="padding:20px 8px">
<table ${TABLE} width="600" style="width:100%;max-width:600px">
<tr><td style="background:${TILE};border:1px solid ${LINE};border-radius:14px;overflow:hidden">
<table ${TABLE} width="100%">
${bannerRow(facts)}
<tr><td class="edge" style="padding:24px 32px 0">
<h1 class="head" style="${head}">${escaped(headline)}</h1>
<p style="margin:6px 0 0;${FONT};font-size:17px;line-height:26px;color:${INK_2}">${strong(lead.strong)}${escaped(lead.rest)}</p>
</td></tr>
${actionRow(facts)}
${picture ? pictureRow(picture) : ''}${rowsOf(facts)}
</table>
</td></tr>
<tr><td class="edge" style="${foot}">${escaped(footer)}${repeat ? ` ${REPEAT}` : ''}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

function bannerRow({ kind, banner }: Facts): string {
  const alarm = kind === 'page';
  const ink = alarm ? '#FFFFFF' : INK;
  const fill = alarm ? `background:${ALARM}` : `border-bottom:1px solid ${LINE}`;
  const attribute = alarm ? ` bgcolor="${ALARM}"` : '';
  const text = `${FONT};font-size:15px;line-height:20px;color:${ink}`;
  return `<tr><td class="edge"${attribute} style="${fill};padding:12px 32px">
<table ${TABLE} width="100%"><tr>
<td width="29" style="width:29px">${mark(kind)}</td>
<td style="${text};font-weight:650">${escaped(banner.text)}</td>
<td align="right" style="${text};white-space:nowrap">${escaped(banner.time)}</td>
</tr></table>
</td></tr>`;
}

/** Shape before colour: an arrow down on a filled mark, two ticks, a tick in a ring. Letters, because pictures are often off. */
function mark(kind: Facts['kind']): string {
  const [sign, ink, fill, edge] = {
    page: ['&#8595;', ALARM, '#FFFFFF', '#FFFFFF'],
    acknowledged: ['&#10003;&#10003;', INK, TILE, INK],
    resolved: ['&#10003;', GREEN, TILE, GREEN],
  }[kind] as [string, string, string, string];
  const box = `width:17px;height:17px;border:1.5px solid ${edge};border-radius:${kind === 'page' ? 6 : 10}px;background:${fill}`;
  const text = `${FONT};font-size:${kind === 'acknowledged' ? 9 : 13}px;line-height:17px;font-weight:800;color:${ink};letter-spacing:-.1em`;
  return `<div aria-hidden="true" style="${box};${text};text-align:center">${sign}</div>`;
}

function actionRow({ action, incidentUrl }: Facts): string {
  const small = `${FONT};font-size:14px;line-height:20px;color:${INK_2}`;
  const open = `<a href="${escaped(incidentUrl)}" style="color:${INK};text-decoration:underline">Open the incident</a>`;
  if (!action) return `<tr><td class="edge" style="padding:16px 32px 0;${small}">${open}</td></tr>`;
  const face = `display:inline-block;padding:14px 26px;min-width:136px;text-align:center;${FONT};font-size:17px;line-height:22px`;
  const label = `<span aria-hidden="true">&#10003;&#8201;</span>&nbsp; ${escaped(action.label)}`;
  return `<tr><td class="edge" style="padding:20px 32px 0">
<table ${TABLE} width="100%"><tr>
<td class="stack" width="190" style="width:190px" valign="middle">
<table ${TABLE} width="100%"><tr><td class="button" align="center" bgcolor="${INK}" style="background:${INK};border-radius:9px">
<a href="${escaped(action.url)}" style="${face};font-weight:650;color:#FFFFFF;text-decoration:none;white-space:nowrap">${label}</a>
</td></tr></table>
</td>
<td class="stack under" valign="middle" style="padding-left:20px;${small}">${escaped(action.hint)} ${open}</td>
</tr></table>
</td></tr>`;
}

/** As wide as the letter's text, and never wider than the screen; where pictures are off its words stand in a box of one line. */
function pictureRow({ cid, alt }: NonNullable<LetterOptions['picture']>): string {
  const size = 'display:block;width:100%;max-width:536px;height:auto;border:0';
  const words = `${FONT};font-size:13px;line-height:18px;color:${INK_2}`;
  return `<tr><td class="wide" style="padding:20px 32px 0">
<img src="cid:${escaped(cid)}" width="536" alt="${escaped(alt)}" style="${size};${words}">
</td></tr>
`;
}

function rowsOf({ rows }: Facts): string {
  const cells = rows.map(({ label, value, aside }, i) => {
    const edge = i === rows.length - 1 ? '' : `border-bottom:1px solid ${LINE};`;
    const text = `${edge}${FONT};font-size:15px;line-height:20px`;
    const name = `width:128px;padding:8px 8px 8px 0;${text};color:${INK_2}`;
    const beside = aside ? ` <span style="color:${INK_2}">${escaped(aside)}</span>` : '';
    return `<tr>
<td class="label" width="128" valign="top" style="${name}">${escaped(label)}</td>
<td valign="top" style="padding:8px 0;${text};color:${INK};word-break:break-word">${linked(value)}${beside}</td>
</tr>`;
  });
  return `<tr><td class="edge" style="padding:16px 32px 24px"><table ${TABLE} width="100%">
${cells.join('\n')}
</table></td></tr>`;
}

function strong(text: string): string {
  return text === '' ? '' : `<strong style="font-weight:650;color:${INK}">${escaped(text)}</strong>`;
}

/** A row that is nothing but an address can be followed. */
function linked(value: string): string {
  if (!/^https?:\/\/\S+$/.test(value)) return escaped(value);
  const shown = escaped(value.replace(/^https?:\/\//, ''));
  return `<a href="${escaped(value)}" style="color:${BLUE};text-decoration:underline">${shown}</a>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
}
