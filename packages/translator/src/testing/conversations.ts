import * as fc from "fast-check";

import type { DialectId } from "../dialect.ts";
import { parseExact } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { packSeal } from "../reasoning/carrier.ts";

/*
 * Conversations as clients in the wild send them, well formed or not: results that are orphaned, missing, doubled, interleaved or late,
 * the operator's word anywhere, empty texts, reasoning with and without proof, odd ids and names. One script of what is said, and a
 * writer for each dialect.
 */

/** What is said, in no dialect. */
export interface Script {
  readonly system: readonly string[];
  readonly steps: readonly Step[];
  readonly tools: readonly ScriptTool[];
  readonly settings: Settings;
}

type Step =
  | { readonly type: "user"; readonly pieces: readonly Piece[] }
  | { readonly type: "system"; readonly text: string }
  | Answer;

interface Answer {
  readonly type: "answer";
  readonly reasoning: Reasoning | undefined;
  readonly text: string | undefined;
  readonly calls: readonly Call[];
  /** What comes after the calls, in that order. */
  readonly after: readonly After[];
}

type Piece = { readonly type: "text"; readonly text: string } | { readonly type: "image" | "pdf" };

interface Call {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
  readonly custom: boolean;
}

type After =
  /** A result for one of the calls, by its place, or for none. */
  | {
      readonly type: "result";
      readonly of: number | undefined;
      readonly text: string;
      readonly image: boolean;
      readonly failed: boolean;
    }
  | { readonly type: "aside"; readonly text: string }
  | { readonly type: "operator"; readonly text: string };

interface Reasoning {
  readonly texts: readonly string[];
  /** Where its proof comes from; `own`: the client's own dialect; absent: it has none. */
  readonly seal: "own" | DialectId | undefined;
}

interface ScriptTool {
  readonly name: string;
  readonly kind: "function" | "custom";
  readonly namespace: string | undefined;
  readonly parameters: JsonObject | undefined;
  readonly description: string | null | undefined;
  readonly strict: boolean | undefined;
}

interface Settings {
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
  readonly stop: readonly string[] | undefined;
  readonly effort: string | undefined;
  readonly choice: "auto" | "none" | "required" | "first" | "allowed" | undefined;
  readonly parallel: boolean | undefined;
  readonly format: "object" | "schema" | undefined;
  readonly user: string | undefined;
  readonly stream: boolean | undefined;
  readonly marks: boolean;
}

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const PDF = "JVBERi0xLjQKJSVFT0Y=";
const NAMES = ["read", "write_file", "mcp__server__tool", "a.b", "größe", "t".repeat(100)] as const;
const IDS = ["call_1", "call_2", "toolu_3", "call.4", "call:4", "call|5", "c".repeat(80), "fc_ü"] as const;

const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("hello", "What is in it?", "Error: no", "[]", "Grüße 🌍", '{"a":1}') },
  { weight: 2, arbitrary: fc.constantFrom("", " ", "\n") },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant("text" as const), text }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom("image" as const, "pdf" as const) }) },
);
const call: fc.Arbitrary<Call> = fc.record({
  id: fc.constantFrom(...IDS),
  name: fc.constantFrom(...NAMES),
  arguments: fc.constantFrom('{"path":"a.txt"}', "{}", "", '{"a":', "[1]", '"x"', '{"n":12345678901234567890}'),
  custom: fc.constant(false),
});
const after: fc.Arbitrary<After> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("result" as const),
      of: fc.constantFrom(0, 1, 2, undefined),
      text,
      image: fc.nat(5).map((number) => number === 0),
      failed: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("aside" as const), text }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("operator" as const), text }) },
);
const reasoning: fc.Arbitrary<Reasoning> = fc.record({
  texts: fc.array(fc.constantFrom("Let me see.", "First, the file."), { maxLength: 2 }),
  seal: fc.constantFrom(
    "own" as const,
    "anthropic-messages" as const,
    "openai-chat" as const,
    "openai-responses" as const,
    undefined,
  ),
});
const answer: fc.Arbitrary<Answer> = fc.record({
  type: fc.constant("answer" as const),
  reasoning: maybe(reasoning),
  text: maybe(text),
  calls: fc.uniqueArray(call, { maxLength: 3, selector: ({ id }) => id }),
  after: fc.oneof(fc.constant([]), fc.array(after, { maxLength: 5 })),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("user" as const),
      pieces: fc.array(piece, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 5, arbitrary: answer },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("system" as const), text }) },
);

const schema = fc.constantFrom<JsonObject | undefined>(
  undefined,
  {},
  { type: "object" },
  { type: "object", properties: { path: { type: "string", minLength: 1 } }, required: ["path"] },
  { type: "object", properties: { path: { type: "string" } }, required: ["path"], additionalProperties: false },
  {
    anyOf: [
      { type: "object", properties: { a: { type: "string" } } },
      { type: "object", properties: { b: { type: "number" } } },
    ],
  },
  { $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: {} },
);
const tool: fc.Arbitrary<ScriptTool> = fc.record({
  name: fc.constantFrom(...NAMES),
  kind: fc.constantFrom("function" as const, "function" as const, "custom" as const),
  namespace: fc.constantFrom(undefined, undefined, "files"),
  parameters: schema,
  description: fc.constantFrom("Does it.", undefined, null),
  strict: fc.constantFrom(undefined, false, true),
});
const settings: fc.Arbitrary<Settings> = fc.record({
  maxTokens: fc.constantFrom(undefined, 1, 500, 4096, 200_000),
  temperature: fc.constantFrom(undefined, 0, 0.7, 1, 1.7),
  topP: fc.constantFrom(undefined, 0.9),
  stop: fc.constantFrom(undefined, ["END"], ["\n", "END"], ["a", "b", "c", "d"]),
  effort: fc.constantFrom(undefined, "none", "minimal", "low", "high", "max"),
  choice: fc.constantFrom(
    undefined,
    "auto" as const,
    "none" as const,
    "required" as const,
    "first" as const,
    "allowed" as const,
  ),
  parallel: fc.constantFrom(undefined, true, false),
  format: fc.constantFrom(undefined, undefined, "object" as const, "schema" as const),
  user: fc.constantFrom(undefined, "user-1", "someone@example.org", "u".repeat(300)),
  stream: fc.constantFrom(undefined, true, false),
  marks: fc.boolean(),
});

/** What is said and asked for, at random. */
export const script: fc.Arbitrary<Script> = fc.record({
  system: fc.array(text, { maxLength: 2 }),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  tools: fc.uniqueArray(tool, { maxLength: 4, selector: ({ name, namespace }) => `${namespace ?? ""} ${name}` }),
  settings,
});

const plainText = fc.constantFrom("hello", "What is in it?", "Grüße 🌍", '{"a":1}');
const plainCall = fc.record({
  id: fc.constantFrom("call_1", "call_2", "call_3"),
  name: fc.constantFrom("read", "write_file"),
  arguments: fc.constantFrom('{"path":"a.txt"}', '{"b":2,"a":[1,{}]}', '{"n":12345678901234567890}'),
  custom: fc.constant(false),
});

/** What every dialect can say and takes: no odd names or ids, nothing blank, a result for each call at its place. */
export const plainScript: fc.Arbitrary<Script> = fc
  .record({
    system: fc.array(plainText, { maxLength: 2 }),
    opening: fc.array(plainText, { minLength: 1, maxLength: 2 }),
    rounds: fc.array(
      fc.record({
        text: plainText,
        calls: fc.uniqueArray(plainCall, { maxLength: 3, selector: ({ id }) => id }),
        reply: plainText,
        failed: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    sealed: fc.boolean(),
  })
  .map(({ system, opening, rounds, sealed }) => ({
    system,
    steps: [said(opening), ...rounds.flatMap((round, index) => plainRound(round, index, sealed))],
    tools: ["read", "write_file"].map((name) => ({ ...PLAIN_TOOL, name })),
    settings: NO_SETTINGS,
  }));

const PLAIN_TOOL = {
  kind: "function",
  namespace: undefined,
  parameters: { type: "object", properties: {} },
  description: "Does it.",
  strict: undefined,
} as const;
const NO_SETTINGS: Settings = {
  maxTokens: 4096,
  temperature: undefined,
  topP: undefined,
  stop: undefined,
  effort: undefined,
  choice: undefined,
  parallel: undefined,
  format: undefined,
  user: undefined,
  stream: undefined,
  marks: false,
};

/** A user's words as a step. */
export function said(texts: readonly string[]): Step {
  return { type: "user", pieces: texts.map((text) => ({ type: "text", text })) };
}

interface PlainRound {
  readonly text: string;
  readonly calls: readonly Call[];
  readonly reply: string;
  readonly failed: boolean;
}

function plainRound({ text, calls, reply, failed }: PlainRound, index: number, sealed: boolean): readonly Step[] {
  const own = calls.map((call) => ({ ...call, id: `${call.id}_${index}` }));
  const after = own.map((_, of) => ({ type: "result", of, text: reply, image: false, failed }) as const);
  const reasoning = sealed ? ({ texts: ["Let me see."], seal: "own" } as const) : undefined;
  return [{ type: "answer", reasoning, text, calls: own, after }, ...(own.length > 0 ? [] : [said([reply])])];
}

/** A script as a client of that dialect would say it. */
export function requestOf(dialect: DialectId, script: Script): JsonObject {
  return WRITERS[dialect](script);
}

/** Requests of clients of that dialect. */
export function requests(dialect: DialectId): fc.Arbitrary<JsonObject> {
  return script.map((each) => requestOf(dialect, each));
}

const WRITERS: Readonly<Record<DialectId, (script: Script) => JsonObject>> = {
  "anthropic-messages": writeMessages,
  "openai-chat": writeChat,
  "openai-responses": writeResponses,
};

const FORMAT_SCHEMA: JsonObject = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  required: ["name"],
};

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

/** The opaque text of a proof as a client of that dialect would hold it. */
function sealText(seal: Reasoning["seal"], own: string, dialect: DialectId): string | undefined {
  if (seal === undefined) return undefined;
  if (seal === "own" || seal === dialect) return own;
  const kind = (
    { "anthropic-messages": "signature", "openai-chat": "details", "openai-responses": "encrypted" } as const
  )[seal];
  return packSeal({
    origin: seal,
    kind,
    data: kind === "details" ? '[{"type":"reasoning.encrypted","data":"x"}]' : "proof",
  });
}

function idOf({ of }: { readonly of: number | undefined }, calls: readonly Call[]): string {
  return (of === undefined ? undefined : calls[of]?.id) ?? "call_lost";
}

function functionsOf({ tools }: Script): readonly ScriptTool[] {
  const seen = new Set<string>();
  return tools.filter(({ name }) => !seen.has(name) && seen.add(name));
}

// ── Anthropic Messages

function writeMessages(script: Script): JsonObject {
  const { system, steps, settings } = script;
  const tools = functionsOf(script).map(({ name, description, parameters, strict }) =>
    defined({
      name: name.slice(0, 128).replaceAll(/[^\w-]/g, "_"),
      description: description ?? undefined,
      input_schema: { properties: {}, ...parameters, type: "object" },
      strict,
    }),
  );
  const isMarked = settings.marks;
  const marked = (block: JsonObject): JsonObject =>
    isMarked ? { ...block, cache_control: { type: "ephemeral" } } : block;
  return defined({
    model: "asked-model",
    max_tokens: settings.maxTokens ?? 4096,
    system: system.length === 0 ? undefined : system.map((text) => marked({ type: "text", text })),
    messages: steps.flatMap(writeMessageStep),
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: messagesChoice(settings, tools),
    temperature: settings.temperature === undefined ? undefined : Math.min(1, settings.temperature),
    top_p: settings.topP,
    stop_sequences: settings.stop,
    stream: settings.stream,
    metadata: settings.user === undefined ? undefined : { user_id: settings.user },
    thinking: messagesThinking(settings.effort),
    output_config:
      settings.format === undefined ? undefined : { format: { type: "json_schema", schema: FORMAT_SCHEMA } },
  });
}

function messagesChoice({ choice, parallel }: Settings, tools: readonly JsonObject[]): JsonObject | undefined {
  if (tools.length === 0 || choice === undefined) return undefined;
  const parallelism = parallel === undefined ? {} : { disable_parallel_tool_use: !parallel };
  if (choice === "none") return { type: "none" };
  if (choice === "first") return { type: "tool", name: tools[0]?.name, ...parallelism };
  return { type: choice === "auto" ? "auto" : "any", ...parallelism };
}

function messagesThinking(effort: string | undefined): JsonObject | undefined {
  if (effort === undefined) return undefined;
  if (effort === "none") return { type: "disabled" };
  return effort === "low" ? { type: "enabled", budget_tokens: 2000 } : { type: "adaptive" };
}

function writeMessageStep(step: Step): readonly JsonObject[] {
  if (step.type === "system") return [{ role: "system", content: step.text }];
  if (step.type === "user") return [{ role: "user", content: step.pieces.map(messagePiece) }];
  const { reasoning, text, calls, after } = step;
  const content = [
    ...messageReasoning(reasoning),
    ...(text === undefined ? [] : [{ type: "text", text }]),
    ...calls.map((call) => ({
      type: "tool_use",
      id: call.id.replaceAll(/[^\w-]/g, "_"),
      name: call.name,
      input: inputOf(call.arguments),
    })),
  ];
  return [{ role: "assistant", content }, ...messagesAfter(after, calls)];
}

function inputOf(text: string): unknown {
  return text.startsWith("{") && text.endsWith("}") ? parseExact(text) : {};
}

function messagesAfter(after: readonly After[], calls: readonly Call[]): readonly JsonObject[] {
  return after.map((each) => {
    if (each.type === "operator") return { role: "system", content: each.text };
    if (each.type === "aside") return { role: "user", content: each.text };
    const content = [
      ...(each.text === "" ? [] : [{ type: "text", text: each.text }]),
      ...(each.image ? [messagePiece({ type: "image" })] : []),
    ];
    const result = {
      type: "tool_result",
      tool_use_id: idOf(each, calls).replaceAll(/[^\w-]/g, "_"),
      ...(content.length > 0 && { content }),
      ...(each.failed && { is_error: true }),
    };
    return { role: "user", content: [result] };
  });
}

function messagePiece(piece: Piece): JsonObject {
  if (piece.type === "text") return { type: "text", text: piece.text };
  if (piece.type === "image") return { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };
  return { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF }, title: "paper.pdf" };
}

function messageReasoning(reasoning: Reasoning | undefined): readonly JsonObject[] {
  if (reasoning === undefined) return [];
  const { texts, seal } = reasoning;
  return [
    { type: "thinking", thinking: texts.join("\n\n"), signature: sealText(seal, "signed", "anthropic-messages") ?? "" },
  ];
}

// ── Chat Completions

function writeChat(script: Script): JsonObject {
  const { system, steps, settings } = script;
  const tools = functionsOf(script).map(chatTool);
  const { format } = settings;
  const schema = { name: "person", schema: FORMAT_SCHEMA };
  return defined({
    model: "asked-model",
    messages: [...system.map((content) => ({ role: "system", content })), ...steps.flatMap(writeChatStep)],
    max_completion_tokens: settings.maxTokens,
    temperature: settings.temperature,
    top_p: settings.topP,
    stop: settings.stop,
    reasoning_effort: settings.effort,
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: tools.length === 0 ? undefined : chatChoice(settings.choice, tools),
    parallel_tool_calls: tools.length === 0 ? undefined : settings.parallel,
    response_format:
      format === undefined
        ? undefined
        : format === "object"
          ? { type: "json_object" }
          : { type: "json_schema", json_schema: schema },
    user: settings.user,
    stream: settings.stream,
  });
}

function chatTool({ name, kind, description, parameters, strict }: ScriptTool): JsonObject {
  if (kind === "custom") return { type: "custom", custom: defined({ name, description: description ?? undefined }) };
  return { type: "function", function: defined({ name, description, parameters, strict }) };
}

function chatChoice(choice: Settings["choice"], tools: readonly JsonObject[]): unknown {
  const [first] = tools;
  const named = { type: first?.type, [String(first?.type)]: { name: Object(first?.[String(first?.type)]).name } };
  if (choice === "first") return named;
  return choice === "allowed" ? { type: "allowed_tools", allowed_tools: { mode: "required", tools: [named] } } : choice;
}

function writeChatStep(step: Step): readonly JsonObject[] {
  if (step.type === "system") return [{ role: "system", content: step.text }];
  if (step.type === "user") return [{ role: "user", content: step.pieces.map(chatPiece) }];
  const { reasoning, text, calls, after } = step;
  const message = defined({
    role: "assistant",
    content: text ?? (calls.length === 0 ? "" : null),
    tool_calls:
      calls.length === 0
        ? undefined
        : calls.map(({ id, name, arguments: given }) => ({
            id,
            type: "function",
            function: { name, arguments: given },
          })),
    ...chatReasoning(reasoning),
  });
  return [message, ...after.map((each) => chatAfter(each, calls))];
}

function chatAfter(each: After, calls: readonly Call[]): JsonObject {
  if (each.type === "operator") return { role: "system", content: each.text };
  if (each.type === "aside") return { role: "user", content: each.text };
  const content = each.image ? [{ type: "text", text: each.text }, chatPiece({ type: "image" })] : each.text;
  return { role: "tool", tool_call_id: idOf(each, calls), content };
}

function chatPiece(piece: Piece): JsonObject {
  if (piece.type === "text") return { type: "text", text: piece.text };
  if (piece.type === "image")
    return { type: "image_url", image_url: { url: `data:image/png;base64,${PNG}`, detail: "low" } };
  return { type: "file", file: { filename: "paper.pdf", file_data: `data:application/pdf;base64,${PDF}` } };
}

function chatReasoning(reasoning: Reasoning | undefined): JsonObject {
  if (reasoning === undefined) return {};
  const { texts, seal } = reasoning;
  const text = texts.join("\n\n");
  if (seal === undefined) return { reasoning_content: text };
  const data = sealText(seal, "sealed", "openai-chat");
  return { reasoning_content: text, reasoning_details: [{ type: "reasoning.encrypted", data, index: 0 }] };
}

// ── Responses

function writeResponses(script: Script): JsonObject {
  const { system, steps, settings } = script;
  const tools = responsesTools(script);
  const { format } = settings;
  const schema = { type: "json_schema", name: "person", schema: FORMAT_SCHEMA, strict: false };
  const items = steps.flatMap((step, index) => writeResponsesStep(step, index));
  return defined({
    model: "asked-model",
    instructions: system[0],
    input: [...system.slice(1).map((content) => ({ role: "developer", content })), ...items],
    max_output_tokens: settings.maxTokens,
    temperature: settings.temperature,
    top_p: settings.topP,
    reasoning: settings.effort === undefined ? undefined : { effort: settings.effort, summary: "auto" },
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: tools.length === 0 ? undefined : responsesChoice(settings.choice, tools),
    parallel_tool_calls: settings.parallel,
    text: format === undefined ? undefined : { format: format === "object" ? { type: "json_object" } : schema },
    safety_identifier: settings.user,
    store: false,
    stream: settings.stream,
  });
}

function responsesTools({ tools }: Script): readonly JsonObject[] {
  const flat = (tool: ScriptTool): JsonObject =>
    tool.kind === "custom"
      ? defined({ type: "custom", name: tool.name, description: tool.description ?? undefined })
      : defined({
          type: "function",
          name: tool.name,
          description: tool.description,
          parameters: tool.parameters,
          strict: tool.strict ?? null,
        });
  const inNamespace = tools.filter(({ namespace }) => namespace !== undefined).map(flat);
  return [
    ...tools.filter(({ namespace }) => namespace === undefined).map(flat),
    ...(inNamespace.length === 0
      ? []
      : [{ type: "namespace", name: "files", description: "Files.", tools: inNamespace }]),
  ];
}

function responsesChoice(choice: Settings["choice"], tools: readonly JsonObject[]): unknown {
  const [first] = tools;
  if (first?.type === "namespace") return choice === "first" || choice === "allowed" ? "auto" : choice;
  const named = { type: first?.type, name: first?.name };
  if (choice === "first") return named;
  return choice === "allowed" ? { type: "allowed_tools", mode: "required", tools: [named] } : choice;
}

function writeResponsesStep(step: Step, at: number): readonly JsonObject[] {
  if (step.type === "system") return [{ role: "developer", content: step.text }];
  if (step.type === "user") return [{ type: "message", role: "user", content: step.pieces.map(responsesPiece) }];
  const { reasoning, text, calls, after } = step;
  return [
    ...responsesReasoning(reasoning, at),
    ...(text === undefined
      ? []
      : [{ type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] }]),
    ...calls.map(({ id, name, arguments: given }) => ({ type: "function_call", call_id: id, name, arguments: given })),
    ...after.map((each) => responsesAfter(each, calls)),
  ];
}

function responsesAfter(each: After, calls: readonly Call[]): JsonObject {
  if (each.type === "operator") return { role: "developer", content: each.text };
  if (each.type === "aside") return { role: "user", content: each.text };
  const output = each.image ? [{ type: "input_text", text: each.text }, responsesPiece({ type: "image" })] : each.text;
  return { type: "function_call_output", call_id: idOf(each, calls), output };
}

function responsesPiece(piece: Piece): JsonObject {
  if (piece.type === "text") return { type: "input_text", text: piece.text };
  if (piece.type === "image") return { type: "input_image", image_url: `data:image/png;base64,${PNG}`, detail: "auto" };
  return { type: "input_file", filename: "paper.pdf", file_data: `data:application/pdf;base64,${PDF}` };
}

function responsesReasoning(reasoning: Reasoning | undefined, at: number): readonly JsonObject[] {
  if (reasoning === undefined) return [];
  const summary = reasoning.texts.map((text) => ({ type: "summary_text", text }));
  const sealed = sealText(reasoning.seal, "sealed", "openai-responses");
  return [defined({ type: "reasoning", id: `rs_${at}`, summary, encrypted_content: sealed })];
}
