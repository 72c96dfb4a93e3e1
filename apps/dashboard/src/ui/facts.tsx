import type { JSX } from "preact";

/** What is known of something, under its title. */
export type Fact = readonly [title: string, value: JSX.Element | string];

/** Facts side by side, as many as there is room for. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="figures">
      {facts.map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
