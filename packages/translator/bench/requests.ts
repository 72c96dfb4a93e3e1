import type { DialectId } from "../src/index.ts";

/*
 * The same conversation with tools in each dialect, some 4 KB of JSON: instructions, three tools, a question, two calls with their results,
 * an answer and another question.
 */

const MODEL = { anthropic: "claude-sonnet-5-5", openai: "gpt-5" };
const INSTRUCTIONS =
  "You are a careful assistant in a terminal. Use the tools rather than guess, read a file before you change it, and say what you did in a " +
  "sentence or two. Never run a command that deletes files unless the user asks for just that. Answer in the user's language.";
const FILE = Array.from(
  { length: 14 },
  (_, index) =>
    `${index + 1}\texport const option${index} = readOption("option-${index}", { fallback: ${index * 7} });`,
).join("\n");
const QUESTION =
  "Why does `pnpm test` fail in packages/core since yesterday? Look at src/options.ts first, then run the tests.";
const ANSWER =
  'The test expects "option-9" to default to 63, which it does; it fails because the fixture still says 62. ';
const NEXT = "Then change the fixture, please, and run the tests once more.";
const CALLS = [
  {
    id: "toolu_01Abc1",
    name: "read_file",
    input: { path: "packages/core/src/options.ts", from: 1, lines: 14 },
    result: FILE,
  },
  {
    id: "toolu_01Abc2",
    name: "run_command",
    input: { command: 'pnpm exec vitest run packages/core -t "options"', timeout_ms: 60_000 },
    result:
      " FAIL  src/options.test.ts > options\nAssertionError: expected 63 to be 62\n\n Tests  1 failed | 41 passed (42)\n",
  },
] as const;

const TOOLS = [
  tool("read_file", "Reads a text file and gives its lines with their numbers.", {
    path: { type: "string", description: "Path from the root of the project" },
    from: { type: "integer", description: "The first line, from 1" },
    lines: { type: "integer", description: "How many lines" },
  }),
  tool("run_command", "Runs a command in a shell and gives what it printed, standard error included.", {
    command: { type: "string", description: "The command line" },
    timeout_ms: { type: "integer", description: "When to give up, in milliseconds" },
  }),
  tool("replace_text", "Replaces a text that occurs once in a file by another.", {
    path: { type: "string", description: "Path from the root of the project" },
    old: { type: "string", description: "The text that is there" },
    new: { type: "string", description: "The text that should be there" },
  }),
];

function tool(name: string, description: string, properties: Readonly<Record<string, object>>) {
  const schema = { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
  return { name, description, schema };
}

/** The conversation as JSON. */
export const REQUESTS: Readonly<Record<DialectId, string>> = {
  "anthropic-messages": JSON.stringify({
    model: MODEL.anthropic,
    max_tokens: 4096,
    stream: true,
    system: [{ type: "text", text: INSTRUCTIONS }],
    tools: TOOLS.map(({ name, description, schema }) => ({ name, description, input_schema: schema })),
    messages: [
      { role: "user", content: [{ type: "text", text: QUESTION }] },
      ...CALLS.flatMap(({ id, name, input, result }) => [
        {
          role: "assistant",
          content: [
            { type: "text", text: "One moment." },
            { type: "tool_use", id, name, input },
          ],
        },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: id, content: [{ type: "text", text: result }] }],
        },
      ]),
      { role: "assistant", content: [{ type: "text", text: ANSWER }] },
      { role: "user", content: [{ type: "text", text: NEXT }] },
    ],
  }),
  "openai-chat": JSON.stringify({
    model: MODEL.openai,
    max_completion_tokens: 4096,
    stream: true,
    stream_options: { include_usage: true },
    tools: TOOLS.map(({ name, description, schema }) => ({
      type: "function",
      function: { name, description, parameters: schema, strict: true },
    })),
    messages: [
      { role: "system", content: INSTRUCTIONS },
      { role: "user", content: QUESTION },
      ...CALLS.flatMap(({ id, name, input, result }) => [
        {
          role: "assistant",
          content: "One moment.",
          tool_calls: [{ id, type: "function", function: { name, arguments: JSON.stringify(input) } }],
        },
        { role: "tool", tool_call_id: id, content: result },
      ]),
      { role: "assistant", content: ANSWER },
      { role: "user", content: NEXT },
    ],
  }),
  "openai-responses": JSON.stringify({
    model: MODEL.openai,
    max_output_tokens: 4096,
    stream: true,
    store: false,
    instructions: INSTRUCTIONS,
    tools: TOOLS.map(({ name, description, schema }) => ({
      type: "function",
      name,
      description,
      parameters: schema,
      strict: true,
    })),
    input: [
      { type: "message", role: "user", content: [{ type: "input_text", text: QUESTION }] },
      ...CALLS.flatMap(({ id, name, input, result }) => [
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "One moment." }] },
        { type: "function_call", call_id: id, name, arguments: JSON.stringify(input) },
        { type: "function_call_output", call_id: id, output: result },
      ]),
      { type: "message", role: "assistant", content: [{ type: "output_text", text: ANSWER }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: NEXT }] },
    ],
  }),
};
