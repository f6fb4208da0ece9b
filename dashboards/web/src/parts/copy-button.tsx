/** Puts a text on the clipboard and says so. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Copy, Tick } from './icons.tsx';

const SAID_MS = 2000;

/** @param name  what is copied, for those who do not see it */
export function CopyButton({ text, name, children }: { text: string; name: string; children?: ComponentChildren }) {
  const [said, setSaid] = useState<'copied' | 'refused' | null>(null);
  const copy = async (): Promise<void> => {
    const done = await copied(text);
    setSaid(done ? 'copied' : 'refused');
    setTimeout(() => setSaid(null), SAID_MS);
  };
  const word = said === 'copied' ? 'Copied' : said === 'refused' ? 'Press Ctrl C' : children;
  return (
    <button
      type="button"
      class={children ? 'copy-button' : 'icon-button'}
      aria-label={said === 'copied' ? 'Copied' : `Copy ${name}`}
      onClick={() => void copy()}
    >
      {said === 'copied' ? <Tick size={16} /> : <Copy size={16} />}
      {children && <span>{word}</span>}
    </button>
  );
}

/** Where the page came by plain HTTP from another machine there is no clipboard: then by a selection. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
