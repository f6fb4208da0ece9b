/** What the peers of the metric did when it fell, a line each. */
import type { IncidentView } from '../../../live-frames.ts';

export function Peers({ incident }: { incident: IncidentView }) {
  const peers = incident.metrics[0]?.peers;
  if (!peers) return null;
  return (
    <ul class="peers" aria-label="Beside it">
      {peers.map(({ change, rates, meaning }) => (
        <li key={change}>
          {change} <small>{rates ? `${rates}; ${meaning}` : meaning}</small>
        </li>
      ))}
    </ul>
  );
}
