import { expect, test } from "vitest";

import * as translator from "./index.ts";

test("exports these names; change them on purpose", () => {
  expect(Object.keys(translator).toSorted()).toEqual([
    "DIALECT_IDS",
    "DONE_FRAME",
    "SseReader",
    "observeBuffered",
    "observeStream",
    "writeComment",
    "writeFrame",
  ]);
});
