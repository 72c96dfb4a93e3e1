import { describeRules, type Body, type RuleCase } from "../../testing/openai-rules.ts";
import { UNPLAYED_RULES } from "./unplayed.ts";

const unplayed = (rule: string, on: "chat" | "responses", body: Body, right: Body): RuleCase => {
  const [param = ""] = Object.keys(body);
  const message = `The simulator does not play '${param}'.`;
  return { rule, on, body, message, code: "unsupported_parameter", param, right: { body: right } };
};
const CASES: readonly RuleCase[] = [
  unplayed("several choices", "chat", { n: 2 }, { n: 1 }),
  unplayed("sound", "chat", { modalities: ["text", "audio"] }, { modalities: ["text"] }),
  unplayed("functions of old", "chat", { functions: [{ name: "f" }] }, { functions: null }),
  unplayed("responses in the background", "responses", { background: true }, { background: false }),
  unplayed("conversations", "responses", { conversation: "conv_1" }, { conversation: null }),
  unplayed("prompts by their ids", "responses", { prompt: { id: "pmpt_1" } }, { prompt: null }),
];

describeRules(UNPLAYED_RULES, CASES);
