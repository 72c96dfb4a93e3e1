import { describe, expect, test } from "vitest";

import type { JsonObject } from "../../json.ts";
import { anthropicLaw } from "./anthropic-messages.ts";
import type { ModelRules } from "./complaints.ts";

const PNG = { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } };
const TOOL = { name: "read", description: "Reads.", input_schema: { type: "object", properties: {} } };
const CALL = { type: "tool_use", id: "call_1", name: "read", input: {} };
const RESULT = { type: "tool_result", tool_use_id: "call_1", content: "done" };
const BASE: JsonObject = { model: "claude", max_tokens: 4096, messages: [{ role: "user", content: "hi" }] };

const user = (...content: readonly unknown[]) => ({ role: "user", content });
const assistant = (...content: readonly unknown[]) => ({ role: "assistant", content });
const said = (...messages: readonly unknown[]): JsonObject => ({ ...BASE, tools: [TOOL], messages });
const text = (text: string) => ({ type: "text", text });

describe("Anthropic's law lets pass", () => {
  test.each<[string, JsonObject]>([
    ["the least there is", BASE],
    ["system blocks and marks", { ...BASE, system: [{ ...text("be kind"), cache_control: { type: "ephemeral" } }] }],
    ["a picture and a paper", said(user(PNG, { type: "document", source: { type: "url", url: "https://a.b/c.pdf" } }))],
    ["a call and its result", said(user(text("hi")), assistant(text("so"), CALL), user(RESULT, text("go on")))],
    ["turns of one role in a row", said(user(text("a")), user(text("b")))],
    [
      "a result without content",
      said(user(text("hi")), assistant(CALL), user({ type: "tool_result", tool_use_id: "call_1" })),
    ],
    [
      "the same id in a later round",
      said(user(text("hi")), assistant(CALL), user(RESULT), assistant(CALL), user(RESULT)),
    ],
    ["a system turn", said(user(text("a")), { role: "system", content: "b" }, assistant(text("c")), user(text("d")))],
    [
      "thinking",
      said(user(text("a")), assistant({ type: "thinking", thinking: "", signature: "s" }, text("b")), user(text("c"))),
    ],
    ["a thinking budget", { ...BASE, thinking: { type: "enabled", budget_tokens: 1024 } }],
  ])("%s", (_name, body) => {
    expect(anthropicLaw(body)).toEqual([]);
  });
});

describe("Anthropic's law complains of", () => {
  const marks = Array.from({ length: 5 }, (_, index) => ({
    ...text(`part ${index}`),
    cache_control: { type: "ephemeral" },
  }));
  const strict = (schema: JsonObject): JsonObject => ({
    ...BASE,
    tools: [{ ...TOOL, strict: true, input_schema: schema }],
  });
  test.each<[string, JsonObject, ModelRules?]>([
    ["n: unknown key", { ...BASE, n: 1 }],
    ["model: missing", { ...BASE, model: "" }],
    ["max_tokens: 0", { ...BASE, max_tokens: 0 }],
    ["max_tokens: 4096 is more than the model takes", BASE, { maxOutputTokens: 4000 }],
    ["top_k: not for this model", { ...BASE, top_k: 3 }, { sampling: "none" }],
    ["temperature and top_p together", { ...BASE, temperature: 1, top_p: 1 }, { sampling: "one" }],
    ["temperature: out of range", { ...BASE, temperature: 1.5 }],
    ["system: blank text", { ...BASE, system: [text("  ")] }],
    ["system.0(image): not allowed in system", { ...BASE, system: [PNG] }],
    ["messages: none", { ...BASE, messages: [] }],
    ["messages: the first turn must be the user's", said(assistant(text("a")), user(text("b")))],
    ["messages.0: role tool", said({ role: "tool", content: "a" })],
    ["messages.0.name: unknown key", said({ ...user(text("a")), name: "b" })],
    ["messages.0.0(text): empty text", said(user(text(""), text("b")))],
    ["messages.0: empty text", said({ role: "user", content: "" })],
    ["messages.0: empty", said(user())],
    ["messages.0: blank", said(user(text(" \n")))],
    ["messages: must not end with the assistant", said(user(text("a")), assistant(text("b"))), { prefill: false }],
    ["messages: the last assistant turn must not end with white space", said(user(text("a")), assistant(text("b ")))],
    [
      "messages.1: system turns are not for this model",
      said(user(text("a")), { role: "system", content: "b" }),
      { systemTurns: false },
    ],
    [
      "messages.2: a system turn must follow a user turn",
      said(user(text("a")), assistant(text("b")), { role: "system", content: "c" }),
    ],
    [
      "messages.1: a system turn must precede an assistant turn",
      said(user(text("a")), { role: "system", content: "b" }, user(text("c"))),
    ],
    ["messages.0.0(tool_use): not allowed in user", said(user(CALL))],
    ["messages.0.0(thinking): not allowed in user", said(user({ type: "thinking", thinking: "", signature: "s" }))],
    ["messages.0.0(text).phase: unknown key", said(user({ ...text("a"), phase: "b" }))],
    [
      "messages.1.0(thinking).cache_control: unknown key",
      said(
        user(text("a")),
        assistant({ type: "thinking", thinking: "", signature: "s", cache_control: {} }, text("b")),
      ),
    ],
    [
      "messages.1.0(thinking).signature: missing",
      said(user(text("a")), assistant({ type: "thinking", thinking: "x", signature: "" }, text("b"))),
    ],
    [
      "messages.1.0(thinking).signature: a carrier of ours",
      said(user(text("a")), assistant({ type: "thinking", thinking: "x", signature: "tgO1.a" }, text("b"))),
    ],
    [
      "messages.1.0(redacted_thinking).data: missing",
      said(user(text("a")), assistant({ type: "redacted_thinking" }, text("b"))),
    ],
    [
      "messages.0.0(image): image/svg is no image",
      said(user({ type: "image", source: { type: "base64", media_type: "image/svg", data: "a" } })),
    ],
    [
      "messages.0.0(image): no base64 data",
      said(
        user({ type: "image", source: { type: "base64", media_type: "image/png", data: "data:image/png;base64,a" } }),
      ),
    ],
    ["messages.0.0(image): no http url", said(user({ type: "image", source: { type: "url", url: "data:a" } }))],
    [
      "messages.0.0(document): text/html is no PDF",
      said(user({ type: "document", source: { type: "base64", media_type: "text/html", data: "a" } })),
    ],
    ["messages.1.0(tool_use): id call.1 is not legal", said(user(text("a")), assistant({ ...CALL, id: "call.1" }))],
    ["messages.1.0(tool_use): name a b is not legal", said(user(text("a")), assistant({ ...CALL, name: "a b" }))],
    ["messages.1.0(tool_use): input is no object", said(user(text("a")), assistant({ ...CALL, input: [1] }))],
    ["turn 2: something stands before a tool result", said(user(text("a")), assistant(CALL), user(text("b"), RESULT))],
    ["turn 2: several results for one call", said(user(text("a")), assistant(CALL), user(RESULT, RESULT))],
    ["turn 0: result call_1 without its call", said(user(RESULT))],
    ["turn 2: call call_1 without its result", said(user(text("a")), assistant(CALL), user(text("b")))],
    ["turn 1: several calls with one id", said(user(text("a")), assistant(CALL, CALL), user(RESULT))],
    ["tools: several of one name", { ...BASE, tools: [TOOL, TOOL] }],
    ["tools.0: name a.b is not legal", { ...BASE, tools: [{ ...TOOL, name: "a.b" }] }],
    ["tools.0: the schema must be of an object", { ...BASE, tools: [{ ...TOOL, input_schema: {} }] }],
    [
      "tools.0: a union at the root of the schema",
      { ...BASE, tools: [{ ...TOOL, input_schema: { type: "object", anyOf: [] } }] },
    ],
    ["tools.0: description is no text", { ...BASE, tools: [{ ...TOOL, description: null }] }],
    ["tools.0.parameters: unknown key", { ...BASE, tools: [{ ...TOOL, parameters: {} }] }],
    ["tools.0: an open object in a strict schema", strict({ type: "object", properties: {} })],
    [
      "tools.0: minLength in a strict schema",
      strict({ type: "object", additionalProperties: false, properties: { a: { type: "string", minLength: 1 } } }),
    ],
    [
      "tools.0: format in a strict schema",
      strict({ type: "object", additionalProperties: false, properties: { a: { format: "regex" } } }),
    ],
    [
      "tools: the history calls tools, so there must be some",
      { ...said(user(text("a")), assistant(CALL), user(RESULT)), tools: undefined },
    ],
    ["tool_choice: required", { ...BASE, tools: [TOOL], tool_choice: { type: "required" } }],
    ["tool_choice: there are no tools", { ...BASE, tool_choice: { type: "auto" } }],
    ["tool_choice: no such tool", { ...BASE, tools: [TOOL], tool_choice: { type: "tool", name: "write" } }],
    [
      "tool_choice: nothing to disable with none",
      { ...BASE, tools: [TOOL], tool_choice: { type: "none", disable_parallel_tool_use: true } },
    ],
    [
      "thinking: enabled is not for this model",
      { ...BASE, thinking: { type: "enabled", budget_tokens: 1024 } },
      { thinking: ["adaptive"] },
    ],
    ["thinking: budget 1000", { ...BASE, thinking: { type: "enabled", budget_tokens: 1000 } }],
    ["thinking: budget 4096", { ...BASE, thinking: { type: "enabled", budget_tokens: 4096 } }],
    ["thinking: not with sampling", { ...BASE, temperature: 0.5, thinking: { type: "adaptive" } }],
    [
      "thinking: not with a forced tool",
      { ...BASE, tools: [TOOL], tool_choice: { type: "any" }, thinking: { type: "enabled", budget_tokens: 1024 } },
    ],
    [
      "thinking: not with a prefill",
      { ...said(user(text("a")), assistant(text("b"))), thinking: { type: "enabled", budget_tokens: 1024 } },
    ],
    [
      "thinking: the tool loop must begin with thinking",
      { ...said(user(text("a")), assistant(CALL), user(RESULT)), thinking: { type: "enabled", budget_tokens: 1024 } },
    ],
    ["stop_sequences: a blank one", { ...BASE, stop_sequences: ["\n"] }],
    ["service_tier: priority", { ...BASE, service_tier: "priority" }],
    ["metadata.team: unknown key", { ...BASE, metadata: { team: "a" } }],
    ["metadata.user_id: too long", { ...BASE, metadata: { user_id: "a".repeat(257) } }],
    ["metadata.user_id: looks like an address", { ...BASE, metadata: { user_id: "a@b.c" } }],
    ["effort: minimal", { ...BASE, output_config: { effort: "minimal" } }],
    [
      "output_config.format.name: unknown key",
      { ...BASE, output_config: { format: { type: "json_schema", name: "a", schema: {} } } },
    ],
    [
      "format: an open object in a strict schema",
      { ...BASE, output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
    ],
    ["cache_control: 5 marks", said(user(...marks))],
    [
      "cache_control: 1h after 5m",
      said(
        user(
          { ...text("a"), cache_control: { type: "ephemeral" } },
          { ...text("b"), cache_control: { type: "ephemeral", ttl: "1h" } },
        ),
      ),
    ],
    ["cache_control: 30m", said(user({ ...text("a"), cache_control: { type: "ephemeral", ttl: "30m" } }))],
    ["cache_control: on blank text", said(user({ ...text(" "), cache_control: { type: "ephemeral" } }, text("b")))],
  ])("%s", (complaint, body, rules) => {
    expect(anthropicLaw(body, rules)).toContain(complaint);
  });
});
