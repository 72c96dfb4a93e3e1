import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";

import { expect, it } from "vitest";

import { play } from "./step.ts";

it("leaves no pause running behind a connection that has closed", async () => {
  const closed = new AbortController();
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const options = { closed: closed.signal, onBilled: () => {}, onDrop: () => {} };

  const played = play([{ do: "pause", ms: 3_600_000 }], response, options);
  closed.abort();

  expect(await played).toBe(false);
});
