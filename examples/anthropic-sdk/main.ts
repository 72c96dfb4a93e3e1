import Anthropic from "@anthropic-ai/sdk";

const { ROUTER_URL: baseURL = "http://127.0.0.1:8080", ROUTER_TOKEN: apiKey } = process.env;
if (apiKey === undefined) throw new Error("Set ROUTER_TOKEN to a router token; `pnpm demo` prints one.");

// All that a program has to change: the address, and a router token where its API key was.
const client = new Anthropic({ baseURL, apiKey });

const models: string[] = [];
for await (const { id } of client.models.list()) models.push(id);
console.log("models:", models.join(", "));

const [model] = models;
if (model === undefined) throw new Error("The router has no models to offer.");
const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Hello through the router." }];

const message = await client.messages.create({ model, max_tokens: 256, messages });
for (const block of message.content) if (block.type === "text") console.log("created:", block.text);
console.log(`usage: ${message.usage.input_tokens} in, ${message.usage.output_tokens} out`);

process.stdout.write("streamed: ");
const stream = client.messages.stream({ model, max_tokens: 256, messages });
stream.on("text", (piece) => process.stdout.write(piece));
const { stop_reason } = await stream.finalMessage();
console.log(`\nended by: ${stop_reason}`);

const { input_tokens } = await client.messages.countTokens({ model, messages });
console.log(`counted: ${input_tokens} tokens`);
