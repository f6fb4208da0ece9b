/** `--page-when drop=40%,for=4s`: the YAML's `page_when` in one argument. */
import { type PageWhen, type PageWhenFile, pageWhenFragment, pageWhenOf } from '../../detectors/steep-drop/page-when.ts';
import { nearest } from '../../platform/config/problem.ts';
import { UserError } from './output.ts';

const EXAMPLE = 'Write it like --page-when drop=40%,derivative=-3,false_pages=1/year,for=4s';

/** What is left out has the YAML's default. @throws UserError in the YAML's words */
export function pageWhenFlag(text: string | undefined): PageWhen {
  const file = fileOf(text ?? '');
  const pageWhen = pageWhenOf(file);
  if (!('message' in pageWhen)) return pageWhen;
  const { key, message, hint } = pageWhen;
  const inFlag = hint?.replaceAll(/`(\w+): ([^`]+)`/g, '`$1=$2`');
  throw new UserError(`--page-when${key ? ` ${key}` : ''}: ${message}`, { hint: inFlag ?? EXAMPLE });
}

function fileOf(text: string): PageWhenFile {
  const known = Object.keys(pageWhenFragment.properties);
  const file: Record<string, string> = {};
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '' && text.trim() === '') continue;
    const at = part.indexOf('=');
    if (at < 1) throw new UserError(`--page-when: "${part}" is not key=value.`, { hint: EXAMPLE });
    const key = part.slice(0, at).trim();
    if (!known.includes(key)) {
      const near = nearest(key, known);
      const hint = near ? `Did you mean \`${near}\`?` : `There are ${known.join(', ')}.`;
      throw new UserError(`--page-when: there is no "${key}".`, { hint });
    }
    if (key in file) throw new UserError(`--page-when: ${key} is said twice.`, { hint: 'Leave one of them out.' });
    file[key] = part.slice(at + 1).trim();
  }
  return file;
}
