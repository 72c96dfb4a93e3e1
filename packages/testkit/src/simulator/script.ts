import { errorTurn } from "./build-turn.ts";
import type { SimRequest } from "./request.ts";
import type { ErrorTurn, Turn } from "./turn.ts";

/** Says what the model does: a function asked for each call, or turns that are used up in order. */
export type Script = ((request: SimRequest) => Turn | Promise<Turn>) | readonly Turn[];

/** Gives the turn for each call; one that says so when a list is used up. */
export function turnSource(script: Script): (request: SimRequest) => Promise<Turn> {
  if (typeof script === "function") return async (request) => script(request);
  let used = 0;
  return async () => script[used++] ?? scriptFailure(`none of its ${script.length} turns is left`);
}

/** The answer when a script fails. A client that tries again would only hide the mistake, so it is told not to. */
export function scriptFailure(reason: string): ErrorTurn {
  return errorTurn("api_error", `The script of the simulator failed: ${reason}`, {
    headers: { "x-should-retry": "false" },
  });
}
