/** What is wrong with Plummet's own settings, above everything else. */
import { hello } from '../board/board.ts';

export function Banner() {
  const { configErrors = [], warnings = [] } = hello.value ?? {};
  if (configErrors.length === 0 && warnings.length === 0) return null;
  return (
    <div class="banner" role="status">
      {configErrors.length > 0 && (
        <div>
          <b>The edited YAML is not in force; the last good one is.</b>
          <pre>{configErrors.join('\n')}</pre>
        </div>
      )}
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
    </div>
  );
}
