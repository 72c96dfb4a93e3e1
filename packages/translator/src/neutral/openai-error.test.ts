import { describe, expect, test } from "vitest";

import { ERROR_KINDS } from "./error.ts";
import type { ErrorKind, NeutralError } from "./error.ts";
import { encodeOpenaiError, openaiErrorKind } from "./openai-error.ts";

describe("the kind", () => {
  test.each<[object, number | undefined, ErrorKind]>([
    // By its code, whatever else is said.
    [{ code: "context_length_exceeded", type: "invalid_request_error" }, 400, "context_length"],
    [{ code: "insufficient_quota", type: "rate_limit_error" }, 429, "billing"],
    [{ code: "rate_limit_exceeded", type: "tokens", message: "Request too large, maximum context" }, 429, "rate_limit"],
    [{ code: "model_not_found", type: "invalid_request_error" }, 404, "model_not_found"],
    [{ code: "DeploymentNotFound" }, 404, "model_not_found"],
    [{ code: "content_filter" }, 400, "content_policy"],
    [{ code: "server_is_overloaded" }, 503, "overloaded"],
    [{ code: "invalid_api_key" }, 401, "authentication"],
    // By its type.
    [{ type: "overloaded_error" }, undefined, "overloaded"],
    [{ type: "authentication_error" }, undefined, "authentication"],
    [{ type: "exceed_context_size_error", code: "400" }, 400, "context_length"],
    [{ type: "invalid_model", code: "1500" }, 400, "model_not_found"],
    // By the status, or a code that is one.
    [{ type: "server_error" }, 503, "unavailable"],
    [{ type: "server_error" }, undefined, "server"],
    [{ type: "invalid_request_error" }, undefined, "bad_request"],
    [{ type: "invalid_request_error" }, 404, "not_found"],
    [{ code: "429" }, undefined, "rate_limit"],
    [{ code: "502" }, 200, "bad_gateway"],
    [{}, 402, "billing"],
    [{}, 403, "permission"],
    [{}, 409, "conflict"],
    [{}, 413, "too_large"],
    [{}, 418, "bad_request"],
    [{}, 422, "unprocessable"],
    [{}, 504, "timeout"],
    [{}, 529, "overloaded"],
    [{}, 599, "server"],
    [{}, undefined, "server"],
    [{ code: "constructor", type: "__proto__" }, 400, "bad_request"],
    // Made more exact by its words.
    [{ message: "The server is overloaded or not ready yet." }, 503, "overloaded"],
    [{ message: "Engine is currently overloaded" }, undefined, "overloaded"],
    [{ message: "The model `x` does not exist" }, 404, "model_not_found"],
    [{ message: "model: claude-x" }, 404, "model_not_found"],
    [{ message: "x is not a valid model ID" }, 400, "model_not_found"],
    [{ message: "no such file" }, 404, "not_found"],
    [{ message: "image input is not supported - hint: …", type: "server_error", code: "500" }, 500, "bad_request"],
    [{ message: "Failed to parse tools: Unsupported tool type", type: "server_error" }, 500, "bad_request"],
    ...[
      "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
      "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
      "This endpoint's maximum context length is 262144 tokens.",
      "the request exceeds the available context size (4096 tokens)",
      "Your input exceeds the context window of this model.",
      "The input token count (7) exceeds the maximum number of tokens allowed (5)",
      "Your request exceeded model token limit: 262144",
      "Prompt contains 40 tokens, too large for model with 32 maximum context length",
      "prompt too long; exceeded max context length by 4 tokens",
      "prompt is too long: 7 tokens > 5 maximum",
      "context window exceeds limit",
    ].map((message): [object, number, ErrorKind] => [{ message }, 400, "context_length"]),
  ])("%j with status %s: %s", (said, status, kind) => {
    expect(openaiErrorKind(said, status)).toBe(kind);
  });
});

describe("for a client", () => {
  const encode = (error: Partial<NeutralError>) =>
    encodeOpenaiError({ kind: "bad_request", message: "no", ...error }, "input");

  test.each(Object.entries(ERROR_KINDS))("%s", (kind, { openai: [status, type, code] }) => {
    const known = Object.keys(ERROR_KINDS).find((each): each is ErrorKind => each === kind);
    const param = kind === "context_length" ? "input" : null;
    expect(encode({ ...(known !== undefined && { kind: known }) })).toEqual({
      status,
      body: { error: { message: "no", type, param, code } },
    });
  });

  test.each<[Partial<NeutralError>, object]>([
    [
      { param: "n", code: "unsupported_parameter" },
      { param: "n", code: "unsupported_parameter" },
    ],
    [{ code: "400" }, { code: null }],
    [{ kind: "content_policy", code: "cyber_policy" }, { code: "cyber_policy" }],
    [{ kind: "rate_limit", code: "429" }, { code: "rate_limit_exceeded" }],
    [
      {
        kind: "context_length",
        message: "input length and `max_tokens` exceed context limit: 190 + 20 > 200, decrease it",
      },
      {
        message:
          "This model's maximum context length is 200 tokens. However, you requested 210 tokens (190 in the input, 20 in the completion). Please reduce the length of the input or completion.",
        code: "context_length_exceeded",
      },
    ],
    [{ kind: "context_length", message: "far too long" }, { message: "far too long" }],
    ...["Could not process image", "Image does not match the provided media type image/png"].map(
      (message): [Partial<NeutralError>, object] => [
        { message },
        { message: `The image data you provided does not represent a valid image. ${message}`, code: "invalid_value" },
      ],
    ),
  ])("%j", (error, said) => {
    expect(encode(error).body.error).toMatchObject(said);
  });
});
