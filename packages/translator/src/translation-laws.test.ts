import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DIALECT_IDS } from "./dialect.ts";
import type { DialectId } from "./dialect.ts";
import { asObject } from "./json.ts";
import type { JsonObject } from "./json.ts";
import { LossLog } from "./loss.ts";
import { pairToolResults } from "./neutral/normalise.ts";
import type { Part } from "./neutral/part.ts";
import type { NeutralRequest } from "./neutral/request.ts";
import { resolveCapability } from "./capability/resolve.ts";
import { parseJsonBody } from "./parse-body.ts";
import { dialectOf } from "./registry.ts";
import { plainScript, requestOf, requests, said } from "./testing/conversations.ts";
import type { Script } from "./testing/conversations.ts";
import { LEAST, MAIN_TARGETS, TARGETS, optionsFor, othersOf, rulesOf } from "./testing/exchange.ts";
import type { Target } from "./testing/exchange.ts";
import { LAWS } from "./testing/laws/index.ts";
import { listOf, objectOf } from "./testing/laws/complaints.ts";
import { ToolNames } from "./tools/names.ts";
import { translateRequest } from "./translate-request.ts";
import { translateResponse } from "./translate-response.ts";
import { TranslationError } from "./translation-error.ts";

const PAIRS = DIALECT_IDS.flatMap((from) => othersOf(from).map((to) => ({ from, to })));

/** Why a request that is well formed may be refused: the model cannot do what all depends on. */
const REFUSED = [
  /takes no such medium/,
  /takes no documents/,
  /must be called is not (?:there|declared)/,
  // Nothing is said at all.
  /`input` is missing/,
];

describe.each(DIALECT_IDS)("whatever a client of %s says,", (from) => {
  const targets = TARGETS.filter(({ dialect }) => dialect !== from);

  test.each(targets)("$dialect of $upstream with $model takes it, and always gets the same", (target) => {
    fc.assert(
      fc.property(requests(from), (body) => {
        const json = JSON.stringify(body);
        const text = translated(json, from, target);
        if (text === undefined) return;
        expect(LAWS[target.dialect](JSON.parse(text), rulesOf(target))).toEqual([]);
        expect(translated(json, from, target)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});

/** The text for the upstream; undefined when the request is refused for a good reason. */
function translated(body: string, from: DialectId, target: Target): string | undefined {
  try {
    return translateRequest(body, optionsFor(from, target)).text;
  } catch (error) {
    if (!(error instanceof TranslationError) || !REFUSED.some((reason) => reason.test(error.message))) throw error;
    return undefined;
  }
}

/** Where the conversation stands in a request. */
function conversationOf(body: JsonObject): readonly JsonObject[] {
  return listOf(body.messages ?? body.input).map(({ cache_control: _mark, ...message }) => message);
}

describe.each(PAIRS)("a conversation from $from to $to", ({ from, to }) => {
  const options = optionsFor(from, MAIN_TARGETS[to]);
  const translate = (script: Script): JsonObject =>
    translateRequest(JSON.stringify(requestOf(from, script)), options).body;

  test("that goes on is said as before, so that prompt caches keep working", () => {
    fc.assert(
      fc.property(plainScript, (script) => {
        const more: Script = {
          ...script,
          steps: [
            ...script.steps,
            { type: "answer", reasoning: undefined, text: "so", calls: [], after: [] },
            said(["and then?"]),
          ],
        };
        const [shorter, longer] = [translate(script), translate(more)];
        const { length } = conversationOf(shorter);
        expect(conversationOf(longer).slice(0, length)).toEqual(conversationOf(shorter));
        for (const key of ["system", "instructions", "tools"]) expect(longer[key]).toEqual(shorter[key]);
      }),
      { numRuns: 40 },
    );
  });

  test("keeps the arguments of its calls, digit by digit", () => {
    fc.assert(
      fc.property(plainScript, (script) => {
        const { text } = translateRequest(JSON.stringify(requestOf(from, script)), options);
        const given = script.steps.flatMap((step) => (step.type === "answer" ? step.calls : []));
        // Anthropic has objects where OpenAI has text.
        const count = (needle: string): number =>
          text.split(to === "anthropic-messages" ? needle : JSON.stringify(needle)).length - 1;
        for (const { arguments: each } of given)
          expect(count(each)).toBeGreaterThanOrEqual(given.filter((other) => other.arguments === each).length);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each(DIALECT_IDS)("%s, decoded and encoded again,", (dialect) => {
  test("says the same", () => {
    fc.assert(
      fc.property(plainScript, (script) => {
        const request = decode(dialect, JSON.stringify(requestOf(dialect, script)));
        const capability = resolveCapability(MAIN_TARGETS[dialect]);
        const toolNames = new ToolNames(request, capability.toolNameMaxLength);
        const [other = dialect] = othersOf(dialect);
        const encoded = dialectOf(dialect).encodeRequest(request, {
          capability: { ...capability, reasoningEcho: "reasoning_details" },
          toolNames,
          losses: new LossLog(other, dialect),
        });
        const again = decode(dialect, JSON.stringify(encoded));
        expect(flat(again)).toEqual(flat(request));
      }),
      { numRuns: 60 },
    );
  });
});

function decode(dialect: DialectId, json: string): NeutralRequest {
  const [other = dialect] = othersOf(dialect);
  const losses = new LossLog(dialect, other);
  const request = dialectOf(dialect).decodeRequest(parseJsonBody(json, "bad_request"), losses);
  return { ...request, turns: pairToolResults(request.turns, losses) };
}

/** The pieces of a conversation with their speakers; where one turn ends and the next of the same speaker begins is no content. */
function flat({ system, turns }: NeutralRequest): readonly unknown[] {
  const pieces = turns.flatMap(({ role, parts }) => parts.map((part): [string, Part] => [role, part]));
  // The operator's blocks may be joined, Chat Completions has no error flag, and cache marks are no content.
  const bare = pieces.map(([role, part]) => {
    const { cache: _mark, ...rest } = { cache: undefined, ...part };
    return [role, rest.type === "tool_result" ? { ...rest, isError: undefined } : rest];
  });
  return [system.map(({ text }) => text).join("\n\n"), ...bare];
}

// ── reasoning

/** An answer of each dialect with reasoning that only its own upstream can read, and the wire's own words of it that must come back. */
const REASONED: Readonly<
  Record<DialectId, { readonly target: Target; readonly body: JsonObject; readonly proof: readonly JsonObject[] }>
> = {
  "anthropic-messages": {
    target: MAIN_TARGETS["anthropic-messages"],
    body: {
      id: "msg_01",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [
        { type: "thinking", thinking: "First,\n\nthe file. 🌍", signature: "EqQB+/=" },
        { type: "redacted_thinking", data: "EmwKAhgB" },
        { type: "text", text: "Let me look." },
        { type: "tool_use", id: "toolu_1", name: "read", input: { path: "a.txt" } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    },
    proof: [
      { type: "thinking", thinking: "First,\n\nthe file. 🌍", signature: "EqQB+/=" },
      { type: "redacted_thinking", data: "EmwKAhgB" },
    ],
  },
  "openai-chat": {
    target: { dialect: "openai-chat", model: "some/model", upstream: "openrouter" },
    body: {
      id: "gen-1",
      object: "chat.completion",
      created: 1,
      model: "some/model",
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: "Let me look.",
            reasoning: "The file.",
            reasoning_details: [
              { type: "reasoning.summary", summary: "The file.", format: "openai-responses-v1", index: 0 },
              { type: "reasoning.encrypted", data: "gAAAA+/=", format: "openai-responses-v1", id: "rs_1", index: 1 },
            ],
            tool_calls: [{ id: "call_1", type: "function", function: { name: "read", arguments: '{"path":"a.txt"}' } }],
          },
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    },
    proof: [
      { type: "reasoning.summary", summary: "The file.", format: "openai-responses-v1", index: 0 },
      { type: "reasoning.encrypted", data: "gAAAA+/=", format: "openai-responses-v1", id: "rs_1", index: 1 },
    ],
  },
  "openai-responses": {
    target: MAIN_TARGETS["openai-responses"],
    body: {
      id: "resp_1",
      object: "response",
      created_at: 1,
      status: "completed",
      model: "gpt-5.5",
      output: [
        {
          id: "rs_1",
          type: "reasoning",
          summary: [
            { type: "summary_text", text: "First." },
            { type: "summary_text", text: "The file." },
          ],
          encrypted_content: "gAAAA+/=",
        },
        {
          id: "msg_1",
          type: "message",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text: "Let me look.", annotations: [] }],
        },
        { id: "rs_2", type: "reasoning", summary: [], encrypted_content: "gBBBB" },
        {
          id: "fc_1",
          type: "function_call",
          call_id: "call_1",
          name: "read",
          arguments: '{"path":"a.txt"}',
          status: "completed",
        },
      ],
      usage: { input_tokens: 1, output_tokens: 2, total_tokens: 3 },
    },
    proof: [
      {
        type: "reasoning",
        summary: [
          { type: "summary_text", text: "First." },
          { type: "summary_text", text: "The file." },
        ],
        encrypted_content: "gAAAA+/=",
      },
      { type: "reasoning", summary: [], encrypted_content: "gBBBB" },
    ],
  },
};

/** How a client of each dialect gives an answer back, with the result of its call. */
const GIVEN_BACK: Readonly<Record<DialectId, (answer: JsonObject) => JsonObject>> = {
  "anthropic-messages": ({ content }) => ({
    messages: [
      { role: "user", content: "hi" },
      { role: "assistant", content },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: listOf(content).find(({ type }) => type === "tool_use")?.id,
            content: "x",
          },
        ],
      },
    ],
  }),
  "openai-chat": ({ choices }) => {
    const message = objectOf(listOf(choices)[0]?.message);
    return {
      messages: [
        { role: "user", content: "hi" },
        message,
        { role: "tool", tool_call_id: listOf(message.tool_calls)[0]?.id, content: "x" },
      ],
    };
  },
  "openai-responses": ({ output }) => ({
    input: [
      { role: "user", content: "hi" },
      ...listOf(output),
      {
        type: "function_call_output",
        call_id: listOf(output).find(({ type }) => type === "function_call")?.call_id,
        output: "x",
      },
    ],
  }),
};

const TOOLS: Readonly<Record<DialectId, readonly JsonObject[]>> = {
  "anthropic-messages": [{ name: "read", input_schema: { type: "object", properties: {} } }],
  "openai-chat": [{ type: "function", function: { name: "read", parameters: { type: "object", properties: {} } } }],
  "openai-responses": [
    { type: "function", name: "read", parameters: { type: "object", properties: {} }, strict: false },
  ],
};

/** Where the proofs of reasoning stand in a request. */
const PROOFS: Readonly<Record<DialectId, (body: JsonObject) => readonly JsonObject[]>> = {
  "anthropic-messages": ({ messages }) =>
    listOf(messages).flatMap(({ content }) =>
      listOf(content).filter(({ type }) => type === "thinking" || type === "redacted_thinking"),
    ),
  "openai-chat": ({ messages }) => listOf(messages).flatMap(({ reasoning_details: details }) => listOf(details)),
  "openai-responses": ({ input }) => listOf(input).filter(({ type }) => type === "reasoning"),
};

describe.each(PAIRS.map(({ from, to }) => ({ upstream: from, client: to })))(
  "reasoning of $upstream, through a client of $client,",
  ({ upstream, client }) => {
    const { target, body, proof } = REASONED[upstream];
    const asked = { ...LEAST[client], tools: TOOLS[client] };
    const next = (): JsonObject => {
      const { context } = translateRequest(asked, optionsFor(client, target));
      const answer = translateResponse(body, context).text;
      return { ...asked, ...GIVEN_BACK[client](asObject(JSON.parse(answer)) ?? {}) };
    };

    test("comes back as it was", () => {
      expect(PROOFS[upstream](translateRequest(next(), optionsFor(client, target)).body)).toEqual(proof);
    });

    test("does not reach an upstream of the third dialect", () => {
      const third = othersOf(client).find((dialect) => dialect !== upstream) ?? upstream;
      const { text, body } = translateRequest(next(), optionsFor(client, MAIN_TARGETS[third]));
      expect(PROOFS[third](body)).toEqual([]);
      expect(text).not.toMatch(/tg[AOC]1\.|EqQB|gAAAA/);
    });
  },
);
