import type { ServerResponse } from "node:http";
import { once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";

import type { Usage } from "@link-assistant/core";

/** One thing done to a connection. An answer is a list of them; after the last one the response ends, unless that was a drop or a stall. */
export type Step =
  | { readonly do: "head"; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly do: "write"; readonly bytes: Buffer; readonly billed?: Usage }
  | { readonly do: "pause"; readonly ms: number }
  /** Waits until the connection is closed. */
  | { readonly do: "stall" }
  /** Closes the connection, with everything written so far delivered. */
  | { readonly do: "drop" };

/** What playing tells its caller. */
export interface PlayOptions {
  /** Aborted when the connection is closed. */
  readonly closed: AbortSignal;
  /** Called before each write that costs something, with the cost of the exchange up to and with it. */
  readonly onBilled: (usage: Usage) => void;
  /** Called before the connection is dropped. */
  readonly onDrop: () => void;
}

/** Does the steps one after the other, never faster than the client reads. False when the connection was closed before the end. */
export async function play(steps: readonly Step[], response: ServerResponse, options: PlayOptions): Promise<boolean> {
  try {
    for (const step of steps) {
      options.closed.throwIfAborted();
      await playStep(step, response, options);
    }
    response.end();
    return true;
  } catch (error) {
    if (!options.closed.aborted) throw error;
    return false;
  }
}

async function playStep(
  step: Step,
  response: ServerResponse,
  { closed, onBilled, onDrop }: PlayOptions,
): Promise<void> {
  switch (step.do) {
    case "head":
      response.writeHead(step.status, step.headers);
      return;
    case "write":
      if (step.billed !== undefined) onBilled(step.billed);
      if (!response.write(step.bytes)) await once(response, "drain", { signal: closed });
      // Lets each write go out by itself, and lets a client that has gone be noticed.
      await setImmediate();
      return;
    case "pause":
      await setTimeout(step.ms, undefined, { signal: closed });
      return;
    case "stall":
      flushHead(response);
      await once(closed, "abort");
      return;
    case "drop":
      onDrop();
      flushHead(response);
      response.socket?.destroySoon();
      await once(closed, "abort");
  }
}

// A head without a body waits for the first write.
function flushHead(response: ServerResponse): void {
  if (response.headersSent) response.flushHeaders();
}
