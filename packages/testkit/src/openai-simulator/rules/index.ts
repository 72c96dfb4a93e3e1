import type { CallRule } from "./call.ts";
import { FIELD_RULES } from "./fields.ts";
import { ITEM_RULES } from "./items.ts";
import { MESSAGE_RULES } from "./messages.ts";
import { MODEL_RULES } from "./model.ts";
import { PART_RULES } from "./parts.ts";
import { STATE_RULES } from "./state.ts";
import { TOOL_RULES } from "./tools.ts";
import { UNPLAYED_RULES } from "./unplayed.ts";
import { VALUE_RULES } from "./values.ts";

/** Everything a request is refused for once its body has been read, in the order in which it is looked at. */
export const CALL_RULES: readonly CallRule[] = [
  ...FIELD_RULES,
  ...VALUE_RULES,
  ...MODEL_RULES,
  ...UNPLAYED_RULES,
  ...MESSAGE_RULES,
  ...STATE_RULES,
  ...ITEM_RULES,
  ...PART_RULES,
  ...TOOL_RULES,
];
