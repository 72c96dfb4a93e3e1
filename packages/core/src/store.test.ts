import { expect, test } from "vitest";

import { END_REASONS, TOKEN_SCOPES } from "./store.ts";

test("kept records spell scopes and ends of exchanges like this; change them on purpose", () => {
  expect(TOKEN_SCOPES).toEqual(["inference", "observe"]);
  expect(END_REASONS).toEqual(["complete", "client_abort", "upstream_error", "idle_timeout", "fault"]);
});
