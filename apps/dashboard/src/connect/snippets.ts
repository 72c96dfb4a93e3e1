/** What a snippet is about. */
export interface Connection {
  /** Where the gateway is; ends in a slash. */
  readonly url: string;
  readonly token: string;
  readonly model: string;
}

/** A text to paste, and where it goes. */
export interface Snippet {
  readonly where: string;
  readonly text: string;
}

/** A client that can be connected. */
export interface Client {
  readonly id: string;
  readonly title: string;
  readonly snippets: (connection: Connection) => readonly Snippet[];
}

const root = ({ url }: Connection): string => url.replace(/\/+$/, "");
const v1 = (connection: Connection): string => `${root(connection)}/v1`;
/** As a word of a shell, whatever it holds. */
const word = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
/** As a text in JSON, JavaScript and TOML alike. */
const quoted = (text: string): string => JSON.stringify(text);

/** Every client, with the lines that connect it. */
export const CLIENTS: readonly Client[] = [
  {
    id: "claude-code",
    title: "Claude Code",
    snippets: (connection) => [
      {
        where: "In a shell",
        text: `export ANTHROPIC_BASE_URL=${word(root(connection))}
export ANTHROPIC_AUTH_TOKEN=${word(connection.token)}
claude --model ${word(connection.model)}`,
      },
    ],
  },
  {
    id: "codex",
    title: "Codex",
    snippets: (connection) => [
      {
        where: "In ~/.codex/config.toml",
        text: `model = ${quoted(connection.model)}
model_provider = "router"

[model_providers.router]
name = "router"
base_url = ${quoted(v1(connection))}
env_key = "ROUTER_TOKEN"
wire_api = "responses"`,
      },
      { where: "In a shell", text: `export ROUTER_TOKEN=${word(connection.token)}\ncodex` },
    ],
  },
  {
    id: "opencode",
    title: "opencode",
    snippets: (connection) => [
      {
        where: "In opencode.json",
        text: JSON.stringify(
          {
            $schema: "https://opencode.ai/config.json",
            model: `router/${connection.model}`,
            provider: {
              router: {
                npm: "@ai-sdk/anthropic",
                name: "Link.Assistant.Router",
                options: { baseURL: v1(connection), apiKey: "{env:ROUTER_TOKEN}" },
                models: { [connection.model]: {} },
              },
            },
          },
          null,
          2,
        ),
      },
      { where: "In a shell", text: `export ROUTER_TOKEN=${word(connection.token)}\nopencode` },
    ],
  },
  {
    id: "openai-sdk",
    title: "OpenAI SDK",
    snippets: (connection) => [
      {
        where: "In TypeScript",
        text: `import OpenAI from "openai";

const client = new OpenAI({ baseURL: ${quoted(v1(connection))}, apiKey: ${quoted(connection.token)} });
const answer = await client.responses.create({ model: ${quoted(connection.model)}, input: "Hello" });
console.log(answer.output_text);`,
      },
      {
        where: "In Python",
        text: `from openai import OpenAI

client = OpenAI(base_url=${quoted(v1(connection))}, api_key=${quoted(connection.token)})
answer = client.responses.create(model=${quoted(connection.model)}, input="Hello")
print(answer.output_text)`,
      },
    ],
  },
  {
    id: "anthropic-sdk",
    title: "Anthropic SDK",
    snippets: (connection) => [
      {
        where: "In TypeScript",
        text: `import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({ baseURL: ${quoted(root(connection))}, apiKey: ${quoted(connection.token)} });
const answer = await client.messages.create({
  model: ${quoted(connection.model)},
  max_tokens: 1024,
  messages: [{ role: "user", content: "Hello" }],
});
console.log(answer.content);`,
      },
      {
        where: "In Python",
        text: `from anthropic import Anthropic

client = Anthropic(base_url=${quoted(root(connection))}, api_key=${quoted(connection.token)})
answer = client.messages.create(
    model=${quoted(connection.model)},
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.content)`,
      },
    ],
  },
  {
    id: "ai-sdk",
    title: "AI SDK",
    snippets: (connection) => [
      {
        where: "In TypeScript",
        text: `import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText } from "ai";

const router = createAnthropic({ baseURL: ${quoted(v1(connection))}, apiKey: ${quoted(connection.token)} });
const { text } = await generateText({ model: router(${quoted(connection.model)}), prompt: "Hello" });
console.log(text);`,
      },
    ],
  },
  {
    id: "curl",
    title: "curl",
    snippets: (connection) => [
      {
        where: "In a shell",
        text: `curl ${word(`${v1(connection)}/messages`)} \\
  -H ${word(`authorization: Bearer ${connection.token}`)} \\
  -H 'content-type: application/json' \\
  -d ${word(JSON.stringify({ model: connection.model, max_tokens: 1024, messages: [{ role: "user", content: "Hello" }] }))}`,
      },
    ],
  },
];
