/** Last on the wall: what arrives and is watched by nobody, with the lines that would change that. */
import { useState } from 'preact/hooks';
import { showRate } from '../../../../platform/units/rate.ts';
import { hello } from '../board/board.ts';
import { eventTypes } from '../board/event-types.ts';
import { asYaml } from '../words/as-yaml.ts';
import { CopyButton } from './copy-button.tsx';

const SHOWN_FIRST = 8;

export function Arriving() {
  const [all, setAll] = useState(false);
  const { types = [], otherEvents = 0 } = eventTypes.value ?? {};
  if (types.length === 0) return null;
  const taken = (hello.value?.metrics ?? []).map(({ name }) => name);
  const shown = all ? types : types.slice(0, SHOWN_FIRST);
  return (
    <section class="arriving" aria-labelledby="arriving-title">
      <p class="also">
        <b id="arriving-title">Arriving, watched by nobody</b> These lines in plummet.yaml watch one; it is in force within two seconds
      </p>
      <ul>
        {shown.map(({ type, rate, last }) => (
          <li key={type}>
            <code title={`last at ${last}`}>{type}</code>
            <span>{rate === 0 ? 'none in the last minute' : showRate(rate)}</span>
            <CopyButton text={asYaml(type, taken)} name={`${type} as YAML`}>
              copy as YAML
            </CopyButton>
          </li>
        ))}
      </ul>
      {types.length > shown.length && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          {types.length - shown.length} more
        </button>
      )}
      {otherEvents > 0 && <p class="note">{otherEvents.toLocaleString('en-US')} events of further types, too many to be told apart.</p>}
    </section>
  );
}
