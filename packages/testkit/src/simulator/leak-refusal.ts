import { foundIf, type Rule } from "./rule.ts";
import type { Envelope } from "./service.ts";

/** Refuses every request in which something leaked, so that no test can overlook it. */
export function leakRefusal<Endpoint extends string>(on: readonly Endpoint[]): Rule<Envelope, Endpoint> {
  return {
    name: "nothing leaks",
    on,
    find: ({ leaks }) => foundIf(leaks.length > 0, "", leaks.map((leak) => leak.what).join(", ")),
    message: ({ what }) => `The simulator was sent what must not reach an upstream: ${what}`,
  };
}
