import { foundIf } from "../../simulator/rule.ts";
import type { CallRule } from "./call.ts";
import { CHAT, RESPONSES } from "./endpoint.ts";

/** What the service does and the simulator does not: it says so rather than answer something else. */
export const UNPLAYED_RULES: readonly CallRule[] = [
  unplayed("several choices", CHAT, "n", (value) => Number(value ?? 1) !== 1),
  unplayed("sound", CHAT, "modalities", (value) => Array.isArray(value) && value.includes("audio")),
  unplayed("functions of old", CHAT, "functions", (value) => value != null),
  unplayed("responses in the background", RESPONSES, "background", (value) => value === true),
  unplayed("conversations", RESPONSES, "conversation", (value) => value != null),
  unplayed("prompts by their ids", RESPONSES, "prompt", (value) => value != null),
];

function unplayed(name: string, on: CallRule["on"], field: string, wanted: (value: unknown) => boolean): CallRule {
  return {
    name,
    on,
    find: ({ body }) => foundIf(wanted(body[field]), field),
    message: ({ at }) => `The simulator does not play '${at}'.`,
    code: "unsupported_parameter",
  };
}
