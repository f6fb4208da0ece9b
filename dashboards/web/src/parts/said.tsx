/** A sentence in which `**what matters**` stands out. */

export function Said({ text }: { text: string }) {
  return <>{text.split('**').map((part, i) => (i % 2 === 1 ? <b key={part}>{part}</b> : part))}</>;
}
