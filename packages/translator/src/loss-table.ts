import type { DialectId } from "./dialect.ts";

/** One thing that may not survive on its way into another dialect. */
export interface LossRow {
  /** Whether it is lost on the way to the upstream or on the way back. */
  readonly when: "request" | "answer";
  /** `rejected`: the request is refused, for the answer would be to another question. */
  readonly outcome: "adapted" | "dropped" | "rejected";
  /** What becomes of it, in words for people. */
  readonly reason: string;
  /** How each dialect that can say it spells it. */
  readonly fields: Readonly<Partial<Record<DialectId, string>>>;
  /** The dialects that cannot say it, or not always. */
  readonly to: readonly DialectId[];
  /** Whether it could not change what the answer says; strict mode lets it go. */
  readonly hint?: true;
}

const AM = "anthropic-messages";
const CC = "openai-chat";
const RS = "openai-responses";

type Fields = LossRow["fields"];

/** The same spelling in both of OpenAI's dialects. */
const openai = (field: string): Fields => ({ [CC]: field, [RS]: field });

function row(
  when: LossRow["when"],
  outcome: LossRow["outcome"],
  to: readonly DialectId[],
  fields: Fields,
  reason: string,
): LossRow {
  return { when, outcome, reason, fields, to };
}

/** A row whose loss does not change what the answer says. */
const hint = (to: readonly DialectId[], fields: Fields, reason: string): LossRow => ({
  ...row("request", "dropped", to, fields, reason),
  hint: true,
});

const dropped = (to: readonly DialectId[], fields: Fields, reason: string): LossRow =>
  row("request", "dropped", to, fields, reason);
const adapted = (to: readonly DialectId[], fields: Fields, reason: string): LossRow =>
  row("request", "adapted", to, fields, reason);
const rejected = (to: readonly DialectId[], fields: Fields, reason: string): LossRow =>
  row("request", "rejected", to, fields, reason);
const answer = (outcome: "adapted" | "dropped", to: readonly DialectId[], fields: Fields, reason: string): LossRow =>
  row("answer", outcome, to, fields, reason);

const MESSAGES: Fields = { [AM]: "messages", [CC]: "messages", [RS]: "input" };
const MODEL_LIMIT: Fields = { [AM]: "max_tokens", [CC]: "max_completion_tokens", [RS]: "max_output_tokens" };

/** Everything that may be lost, and nothing else: whatever is not here is carried exactly. */
export const LOSSES = {
  // ── what is asked of the model
  unknown_field: dropped(
    [AM, CC, RS],
    { [AM]: "(unknown)", [CC]: "(unknown)", [RS]: "(unknown)" },
    "a field that no other dialect has",
  ),
  max_tokens_clamped: adapted([AM, CC, RS], MODEL_LIMIT, "lowered to the most that the model takes"),
  max_tokens_raised: adapted([CC, RS], MODEL_LIMIT, "raised to the least that the upstream takes"),
  max_tokens_zero: rejected([CC, RS], { [AM]: "max_tokens" }, "0 asks to warm a cache, which the upstream cannot"),
  temperature: dropped([AM, CC, RS], { [AM]: "temperature", ...openai("temperature") }, "the model takes none here"),
  temperature_clamped: adapted(
    [AM, CC],
    { [AM]: "temperature", ...openai("temperature") },
    "lowered to the highest that the upstream takes",
  ),
  top_p: dropped(
    [AM, CC, RS],
    { [AM]: "top_p", ...openai("top_p") },
    "the model takes none, or none beside temperature",
  ),
  top_k: dropped([AM, CC, RS], { [AM]: "top_k", [CC]: "top_k" }, "the upstream has none"),
  seed: dropped([AM, RS], { [CC]: "seed" }, "the upstream has none"),
  logit_bias: dropped([AM, RS], { [CC]: "logit_bias" }, "the upstream has none"),
  frequency_penalty: dropped([AM, RS], { [CC]: "frequency_penalty" }, "the upstream has none"),
  presence_penalty: dropped([AM, RS], { [CC]: "presence_penalty" }, "the upstream has none"),
  logprobs: dropped([AM, CC, RS], { [CC]: "logprobs", [RS]: "top_logprobs" }, "the upstream reports no likelihoods"),
  prediction: dropped([AM, RS], { [CC]: "prediction" }, "the upstream has none"),
  choices: rejected([AM, RS], { [CC]: "n" }, "only one answer can be given; ask n times"),
  audio_output: rejected([AM, RS], { [CC]: "modalities" }, "the upstream answers in text only"),
  stop_empty: dropped(
    [AM, CC],
    { [CC]: "stop", [AM]: "stop_sequences" },
    "blank stop sequences are refused by the upstream",
  ),
  stop_count: dropped(
    [CC, RS],
    { [AM]: "stop_sequences", [CC]: "stop" },
    "the upstream takes fewer stop sequences, or none",
  ),
  verbosity: hint([AM, CC, RS], { [CC]: "verbosity", [RS]: "text.verbosity" }, "the upstream has none"),
  tier: hint([AM, CC, RS], { [AM]: "service_tier", ...openai("service_tier") }, "the upstream has no such tier"),
  user: hint(
    [CC, AM, RS],
    { [AM]: "metadata.user_id", [CC]: "user", [RS]: "user" },
    "the upstream has no place for it",
  ),
  user_hashed: adapted(
    [AM, CC, RS],
    { [AM]: "metadata.user_id", ...openai("safety_identifier") },
    "sent as a hash: the upstream refuses what is long or looks like an address",
  ),
  metadata: hint([AM, CC, RS], openai("metadata"), "the upstream has no place for it"),
  store: hint([AM, CC, RS], openai("store"), "nothing is stored"),
  cache_key: hint([AM, CC, RS], openai("prompt_cache_key"), "the upstream has none"),
  cache_options: hint([AM, CC, RS], openai("prompt_cache_options"), "the upstream decides how long it caches"),
  cache_marks: hint(
    [CC, RS],
    { [AM]: "cache_control", [CC]: "cache_control", [RS]: "prompt_cache_breakpoint" },
    "the upstream caches by itself",
  ),
  cache_marks_count: hint([AM], { [CC]: "cache_control", [RS]: "prompt_cache_breakpoint" }, "the upstream takes four"),
  speed: hint([CC, RS], { [AM]: "speed" }, "the upstream has none"),
  container: dropped([CC, RS], { [AM]: "container" }, "the upstream has none"),
  context_management: hint(
    [AM, CC, RS],
    { [AM]: "context_management", [RS]: "context_management" },
    "the upstream edits no context",
  ),
  mcp_servers: rejected([CC, RS], { [AM]: "mcp_servers" }, "the upstream calls no remote servers of Anthropic's form"),
  thread: rejected([CC, RS], { [AM]: "thread" }, "the upstream keeps no threads; send the whole conversation"),
  previous_response: rejected(
    [AM, CC],
    { [RS]: "previous_response_id" },
    "no earlier response is kept; send the whole conversation in `input`",
  ),
  conversation: rejected(
    [AM, CC],
    { [RS]: "conversation" },
    "no conversation is kept; send the whole of it in `input`",
  ),
  background: rejected([AM, CC], { [RS]: "background" }, "nothing runs in the background here"),
  prompt_template: rejected([AM, CC], { [RS]: "prompt" }, "prompts are kept by the upstream that has them only"),
  truncation: dropped([AM, CC], { [RS]: "truncation" }, "the upstream refuses what is too long"),
  max_tool_calls: dropped([AM, CC], { [RS]: "max_tool_calls" }, "the upstream has no such limit"),
  include: hint([AM, CC], { [RS]: "include" }, "the upstream reports none of it"),

  // ── reasoning
  effort_adapted: adapted(
    [AM, CC, RS],
    { [AM]: "output_config.effort", [CC]: "reasoning_effort", [RS]: "reasoning.effort" },
    "the nearest effort that the model knows",
  ),
  effort: dropped(
    [AM, CC, RS],
    { [AM]: "output_config.effort", [CC]: "reasoning_effort", [RS]: "reasoning.effort" },
    "the model's effort cannot be set",
  ),
  thinking_off: dropped(
    [AM],
    { [CC]: "reasoning_effort", [RS]: "reasoning.effort" },
    "the model cannot think together with a forced tool, so few tokens or such a history",
  ),
  thinking_budget: adapted(
    [CC, RS, AM],
    { [AM]: "thinking.budget_tokens", [CC]: "reasoning_effort", [RS]: "reasoning.effort" },
    "said as an effort there, as a budget here",
  ),
  reasoning_mode: hint([AM, CC], { [RS]: "reasoning.context" }, "the upstream has none"),
  reasoning_unsealed: hint(
    [AM, CC, RS],
    { [AM]: "messages[].content[].thinking", [CC]: "messages[].reasoning_content", [RS]: "input[].reasoning" },
    "reasoning without a proof of the same upstream is not sent back",
  ),

  // ── the conversation
  audio_input: rejected(
    [AM, CC, RS],
    { [CC]: "messages[].content[].input_audio", [RS]: "input[].content[].input_audio" },
    "the upstream hears no sound",
  ),
  audio_history: dropped([AM, RS], { [CC]: "messages[].audio" }, "its words are not in the request"),
  file_id: rejected(
    [AM, CC, RS],
    {
      [AM]: "messages[].content[].source.file_id",
      [CC]: "messages[].content[].file.file_id",
      [RS]: "input[].content[].file_id",
    },
    "the file is kept by another upstream; send its bytes",
  ),
  media_type: rejected(
    [AM, CC, RS],
    {
      [AM]: "messages[].content[].source",
      [CC]: "messages[].content[].image_url",
      [RS]: "input[].content[].image_url",
    },
    "the upstream takes no such medium",
  ),
  document_url: rejected(
    [CC],
    { [AM]: "messages[].content[].source.url", [RS]: "input[].content[].file_url" },
    "the upstream fetches no documents; send its bytes",
  ),
  document: rejected(
    [CC],
    { [AM]: "messages[].content[].document", [RS]: "input[].content[].input_file" },
    "the upstream takes no documents",
  ),
  document_text: adapted(
    [CC, RS],
    {
      [AM]: "messages[].content[].document",
      [CC]: "messages[].content[].file",
      [RS]: "input[].content[].input_file",
    },
    "sent as text with its title",
  ),
  image_detail: hint(
    [AM],
    { [CC]: "messages[].content[].image_url.detail", [RS]: "input[].content[].detail" },
    "the upstream has none",
  ),
  citations_wish: dropped([CC, RS], { [AM]: "messages[].content[].citations" }, "the upstream does not cite documents"),
  search_result: adapted([CC, RS], { [AM]: "messages[].content[].search_result" }, "sent as text"),
  system_media: dropped(
    [AM, RS],
    { [CC]: "messages[].content[].image_url", [RS]: "input[].content[].input_image" },
    "only text may come from the operator",
  ),
  system_turn: adapted(
    [AM, CC],
    { [AM]: "messages[].role", [CC]: "messages[].role", [RS]: "input[].role" },
    "the operator's words in mid-conversation are wrapped into a user message",
  ),
  system_only: adapted([AM], MESSAGES, "the last system text is sent as the user's, for there is no other"),
  speaker_name: hint([AM, RS], { [CC]: "messages[].name" }, "the upstream has no names"),
  empty_turn: adapted([AM, CC, RS], MESSAGES, "a turn that is empty is left out, or says that it is"),
  first_turn: adapted([AM], MESSAGES, "a user turn is put before an assistant turn at the head"),
  prefill: adapted(
    [AM, CC, RS],
    MESSAGES,
    "the model does not go on from an assistant turn: a user turn is added, or it is read as history",
  ),
  text_after_tool_call: adapted(
    [CC],
    { [AM]: "messages[].content[].text", [RS]: "input[].message" },
    "text after a tool call is put before it",
  ),
  tool_result_missing: dropped([AM, CC, RS], MESSAGES, "a tool call has no result: one that says so is put in"),
  tool_result_duplicate: adapted([AM, CC, RS], MESSAGES, "of several results for one call the last is sent"),
  tool_result_orphan: adapted([AM, CC, RS], MESSAGES, "a result without its call is sent as text"),
  tool_result_late: dropped([AM, CC, RS], MESSAGES, "a result that comes after the conversation went on is left out"),
  tool_result_media: adapted(
    [CC],
    { [AM]: "messages[].content[].tool_result", [RS]: "input[].output" },
    "images of a tool's result follow in a user message",
  ),
  tool_error_flag: adapted([CC, RS], { [AM]: "messages[].content[].is_error" }, "said in the text of the result"),
  tool_arguments: adapted(
    [AM],
    { [CC]: "messages[].tool_calls[].function.arguments", [RS]: "input[].arguments" },
    "arguments that are no JSON object are wrapped into one",
  ),
  tool_note: adapted([CC, RS], { [AM]: "messages[].content[].tool_reference" }, "sent as text"),
  hosted_history: dropped(
    [AM, CC, RS],
    { [AM]: "messages[].content[].server_tool_use", [RS]: "input[].web_search_call" },
    "calls of tools that the upstream ran are left out",
  ),
  compaction: rejected(
    [AM, CC, RS],
    { [AM]: "messages[].content[].compaction", [RS]: "input[].compaction" },
    "a compacted past can be read by its own upstream only",
  ),
  item_reference: rejected(
    [AM, CC],
    { [RS]: "input[].item_reference" },
    "no earlier item is kept; send the item itself",
  ),
  item_reference_message: dropped(
    [AM, CC],
    { [RS]: "input[].item_reference.message" },
    "a reference to a message that is kept nowhere is left out; send the message itself, or say `store: false`",
  ),
  item_reference_reasoning: hint(
    [AM, CC],
    { [RS]: "input[].item_reference" },
    "a reference to reasoning that is kept nowhere is left out",
  ),

  // ── tools
  tool_options: hint(
    [AM, CC, RS],
    { [AM]: "tools[].defer_loading", [RS]: "tools[].defer_loading", [CC]: "tools[].function" },
    "the upstream has no such option of a tool",
  ),
  tool_examples: dropped([CC, RS], { [AM]: "tools[].input_examples" }, "the upstream has none"),
  tool_schema: adapted(
    [AM, CC, RS],
    { [AM]: "tools[].input_schema", [CC]: "tools[].function.parameters", [RS]: "tools[].parameters" },
    "put into a form that the upstream takes",
  ),
  tool_strict: dropped(
    [AM, CC, RS],
    { [AM]: "tools[].strict", [CC]: "tools[].function.strict", [RS]: "tools[].strict" },
    "the model, or this schema, cannot be held to",
  ),
  tool_name: adapted(
    [AM, CC, RS],
    { [AM]: "tools[].name", [CC]: "tools[].function.name", [RS]: "tools[].name" },
    "shortened for the upstream, restored in the answer",
  ),
  tool_custom: adapted(
    [AM, CC],
    { [CC]: "tools[].custom", [RS]: "tools[].custom" },
    "wrapped into a function with one text argument, restored in the answer",
  ),
  tool_namespace: adapted(
    [AM, CC],
    { [RS]: "tools[].namespace" },
    "put before the names of its tools, restored in the answer",
  ),
  tool_hosted: dropped(
    [AM, CC, RS],
    { [AM]: "tools[].type", [CC]: "web_search_options", [RS]: "tools[].type" },
    "the upstream does not run that tool",
  ),
  tool_hosted_forced: rejected(
    [AM, CC, RS],
    { [AM]: "tool_choice", ...openai("tool_choice") },
    "the tool that must be called is not there",
  ),
  tool_hosted_options: dropped(
    [AM, CC, RS],
    {
      [AM]: "tools[].blocked_domains",
      [CC]: "web_search_options.search_context_size",
      [RS]: "tools[].search_context_size",
    },
    "the upstream's tool has no such option",
  ),
  tool_builtin: adapted(
    [CC, RS],
    { [AM]: "tools[].type" },
    "declared as a function with the schema that its type stands for",
  ),
  tool_screen: rejected(
    [CC, RS],
    { [AM]: "tools[].type" },
    "its actions on a screen or in a browser are known to Anthropic's models only",
  ),
  tool_choice_allowed: adapted([AM, CC, RS], openai("tool_choice"), "only the allowed tools are declared"),
  tool_choice_unknown: rejected(
    [AM, CC, RS],
    { [AM]: "tool_choice.name", ...openai("tool_choice") },
    "the tool that must be called is not declared",
  ),
  tools_of_history: adapted(
    [AM],
    { [CC]: "tools", [RS]: "tools" },
    "tools that the history names are declared, for the upstream wants them",
  ),
  parallel_tools: dropped(
    [CC],
    { [AM]: "tool_choice.disable_parallel_tool_use", [RS]: "parallel_tool_calls" },
    "the upstream has no such switch",
  ),

  // ── the form of the answer
  format_schema: adapted(
    [AM, CC, RS],
    { [AM]: "output_config.format", [CC]: "response_format", [RS]: "text.format" },
    "put into a form that the upstream takes",
  ),
  format_object: adapted([AM], { [CC]: "response_format", [RS]: "text.format" }, "said in words to the model"),
  format_tool: adapted(
    [AM, CC, RS],
    { [AM]: "output_config.format", [CC]: "response_format", [RS]: "text.format" },
    "a tool with that schema stands in for it",
  ),

  // ── the answer
  answer_finish: answer(
    "adapted",
    [AM, CC, RS],
    { [AM]: "stop_reason", [CC]: "finish_reason", [RS]: "status" },
    "a reason to stop that the client's dialect does not have",
  ),
  answer_hosted: answer(
    "dropped",
    [AM, CC, RS],
    { [AM]: "content[].server_tool_use", [CC]: "choices[].message", [RS]: "output[]" },
    "calls of tools that the upstream ran are left out",
  ),
  answer_citations: answer(
    "dropped",
    [AM, CC, RS],
    { [AM]: "content[].citations", [CC]: "choices[].message.annotations", [RS]: "output[].content[].annotations" },
    "citations without an address cannot be said",
  ),
  answer_choices: answer("dropped", [AM, RS], { [CC]: "choices[]" }, "only the first answer is given"),
  answer_usage: answer(
    "adapted",
    [AM, CC, RS],
    { [AM]: "usage", [CC]: "usage", [RS]: "usage" },
    "the upstream reported none: zeros are given where numbers must be",
  ),
  answer_reasoning: answer(
    "dropped",
    [CC],
    { [AM]: "content[].redacted_thinking", [RS]: "output[].reasoning" },
    "reasoning that holds no text",
  ),
  answer_arguments: answer(
    "adapted",
    [AM],
    { [CC]: "choices[].message.tool_calls[].function.arguments", [RS]: "output[].arguments" },
    "arguments that are no JSON object are wrapped into one",
  ),
} as const satisfies Record<string, LossRow>;

/** The name of something that may be lost. */
export type LossCode = keyof typeof LOSSES;
