import { expect, test } from "vitest";

import * as translator from "./index.ts";

test("exports these names; change them on purpose", () => {
  expect(Object.keys(translator).toSorted()).toEqual([
    "DIALECT_IDS",
    "DONE_FRAME",
    "ERROR_KINDS",
    "LOSSES",
    "SseReader",
    "StreamCollector",
    "TranslationError",
    "createStreamTranslator",
    "createTranslationStream",
    "encodeError",
    "estimateTokens",
    "hasCarrier",
    "keepAliveFrame",
    "observeBuffered",
    "observeStream",
    "resolveCapability",
    "streamResponse",
    "translateCountRequest",
    "translateCountResponse",
    "translateError",
    "translateLimitHeaders",
    "translateRequest",
    "translateResponse",
    "withoutCarriers",
    "writeComment",
    "writeFrame",
  ]);
});
