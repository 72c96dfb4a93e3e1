import type { Call } from "./call.ts";
import { CONTENT_RULES } from "./content.ts";
import { FIELD_RULES } from "./fields.ts";
import { MODEL_RULES } from "./model.ts";
import type { Rule } from "../../simulator/rule.ts";
import type { AnthropicEndpoint } from "./endpoint.ts";
import { STATE_RULES } from "./state.ts";
import { TOOL_RULES } from "./tools.ts";

/** Everything a request is refused for once its body has been read, in the order in which it is looked at. */
export const CALL_RULES: readonly Rule<Call, AnthropicEndpoint>[] = [
  ...FIELD_RULES,
  ...MODEL_RULES,
  ...CONTENT_RULES,
  ...TOOL_RULES,
  ...STATE_RULES,
];
