import type { JSX } from "preact";

/** How a word is coloured; the word itself always says the same. */
export type Mood = "good" | "fair" | "bad" | "calm";

/** A word about a state. */
export function Badge({ mood, children }: { readonly mood: Mood; readonly children: string }): JSX.Element {
  return <span class={`badge ${mood}`}>{children}</span>;
}
