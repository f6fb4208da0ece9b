/** Two ways to send an event of one's own, to be copied. */
import { useState } from 'preact/hooks';
import { Copy, Tick } from '../parts/icons.tsx';

const SHELL = `curl --json '{"type":"order.placed"}' \\
  ${location.origin}/v1/events`;
const SDK = `import { connect } from '@plummet/sdk'
const url = '${location.origin}'
OrderPlaced.notifies(connect({ url }))`;

export function SendYourOwn() {
  return (
    <section class="panel send-panel" aria-labelledby="send-title">
      <h2 id="send-title">Send your own</h2>
      <div class="codes">
        <Code text={SHELL} name="the shell command" />
        <Code text={SDK} name="the lines for an app" />
      </div>
    </section>
  );
}

function Code({ text, name }: { text: string; name: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <div class="code">
      <pre>{text}</pre>
      <button type="button" class="icon-button" aria-label={copied ? 'Copied' : `Copy ${name}`} onClick={() => void copy()}>
        {copied ? <Tick size={16} /> : <Copy size={16} />}
      </button>
    </div>
  );
}
