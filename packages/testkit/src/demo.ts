import { schemaExample } from "./demo/schema-example.ts";
import { lastUserText, toolResultsInLastTurn } from "./demo/last-turn.ts";
import { textTurn, toolTurn } from "./simulator/build-turn.ts";
import { isObject, objectsIn, textOf, type JsonObject } from "./simulator/json.ts";
import type { Script } from "./simulator/script.ts";
import type { Simulator } from "./simulator/simulator.ts";
import { startSimulator } from "./anthropic-simulator/start-simulator.ts";
import type { MessageTurn } from "./simulator/turn.ts";

/** The models that the demo lists. */
export const DEMO_MODELS: readonly string[] = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"];

/** How the demo is set up. */
export interface DemoOptions {
  /** Pause between two events of a stream, in milliseconds. Default 20. */
  readonly pauseMs?: number;
  /** Default 0: any free port. */
  readonly port?: number;
}

const NOTICE = "This is a simulated answer of the Link.Assistant.Router demo; no model was called.";
const EXAMPLE_TEXT = "Simulated by the Link.Assistant.Router demo";
const MAX_QUOTED_CHARS = 200;
/** Requests the demo remembers: few, for each may be large. */
const KEPT = 10;

/** Starts the upstream of `--demo`: a simulator that answers every model by `demoScript`. */
export async function startDemo(options: DemoOptions = {}): Promise<Simulator> {
  const { port = 0 } = options;
  return startSimulator({
    port,
    script: demoScript(options),
    models: DEMO_MODELS,
    anyModel: true,
    name: "demo",
    keep: KEPT,
  });
}

/**
 * Answers without a model, and says so in every answer: an example for a requested JSON schema, a call of a tool that is asked for
 * by name ("use the tool NAME", "call the NAME tool") or forced, else the last words of the user.
 */
export function demoScript({ pauseMs = 20 }: DemoOptions = {}): Script {
  return ({ body }) => ({ ...demoTurn(isObject(body) ? body : {}), pace: { pauseMs } });
}

function demoTurn(body: JsonObject): MessageTurn {
  const schema = requestedSchema(body);
  if (schema !== undefined) return textTurn(JSON.stringify(schemaExample(schema, EXAMPLE_TEXT)));
  const text = lastUserText(body);
  const tool = requestedTool(body, text);
  if (tool !== undefined) return demoToolTurn(tool);
  const results = toolResultsInLastTurn(body);
  if (results > 0) return textTurn(`${NOTICE} The conversation now holds ${results} more tool result(s).`);
  return textTurn(`${NOTICE} You said: ${bounded(text)}`);
}

function demoToolTurn(tool: JsonObject): MessageTurn {
  const name = textOf(tool["name"]);
  const input = schemaExample(tool["input_schema"], EXAMPLE_TEXT);
  return toolTurn(name, isObject(input) ? input : {}, { text: `${NOTICE} It calls the tool ${name}.` });
}

function requestedSchema(body: JsonObject): unknown {
  const format = isObject(body["output_config"]) ? body["output_config"]["format"] : body["output_format"];
  return isObject(format) && format["type"] === "json_schema" ? format["schema"] : undefined;
}

function requestedTool(body: JsonObject, text: string): JsonObject | undefined {
  const tools = objectsIn(body["tools"]).filter((tool) => isObject(tool["input_schema"]));
  const choice = isObject(body["tool_choice"]) ? body["tool_choice"] : {};
  if (choice["type"] === "any") return tools[0];
  if (choice["type"] === "tool") return tools.find((tool) => tool["name"] === choice["name"]);
  if (choice["type"] === "none") return undefined;
  // Only a plain request counts: a tool that runs on the user's machine must not start because its name was mentioned.
  const [, after, before] = /\b(?:use|call) the (?:tool [`"']?([\w-]+)|[`"']?([\w-]+)[`"']? tool\b)/i.exec(text) ?? [];
  return tools.find((tool) => tool["name"] === (after ?? before));
}

function bounded(text: string): string {
  const characters = Array.from(text);
  return characters.length > MAX_QUOTED_CHARS ? `${characters.slice(0, MAX_QUOTED_CHARS).join("")}…` : text;
}
