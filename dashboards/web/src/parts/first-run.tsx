/** Before the first event: the two ways to send one, and what to write to watch it. Goes away by itself. */
import { hello } from '../board/board.ts';
import { eventTypes } from '../board/event-types.ts';
import { asYaml } from '../words/as-yaml.ts';
import { CopyButton } from './copy-button.tsx';

const EXAMPLE = 'order.placed';

function shellFor(type: string): string {
  return `curl --json '{"type":"${type}"}' \\\n  ${location.origin}/v1/events`;
}

function appFor(type: string): string {
  const name = type
    .split(/[._-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
  return [
    'import { connect, DomainEvent }',
    "  from '@plummet/sdk'",
    `class ${name} extends DomainEvent {`,
    `  static type = '${type}'`,
    '}',
    `const url = '${location.origin}'`,
    `${name}.notifies(connect({ url }))`,
    `new ${name}({ amount: 42 }).publish()`,
  ].join('\n');
}

export function FirstRun() {
  const metrics = hello.value?.metrics ?? [];
  const type = metrics[0]?.event ?? EXAMPLE;
  const arrived = (eventTypes.value?.types.length ?? 0) > 0;
  return (
    <section class="panel first-run" aria-labelledby="first-run-title">
      <h2 id="first-run-title">{arrived ? 'Watch what arrives' : 'Send your first event'}</h2>
      <ol>
        {!arrived && (
          <>
            <Step title="From a shell" text={shellFor(type)} name="the shell command" />
            <Step title="From an app" text={appFor(type)} name="the lines for an app" />
          </>
        )}
        {metrics.length === 0 && (
          <Step
            title="Watch it, in plummet.yaml"
            text={asYaml(eventTypes.value?.types[0]?.type ?? EXAMPLE, [])}
            name="the lines for plummet.yaml"
          />
        )}
      </ol>
      <p class="note">This page changes by itself: nothing has to be loaded again.</p>
    </section>
  );
}

function Step({ title, text, name }: { title: string; text: string; name: string }) {
  return (
    <li>
      <h3>{title}</h3>
      <div class="code">
        <pre>{text}</pre>
        <CopyButton text={text} name={name} />
      </div>
    </li>
  );
}
