import { asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";

/** Why the model stopped, as the wire spells it, in a choice. While it runs that is null, absent or, at Snowflake, empty. */
export function readFinish(choice: JsonObject): string | undefined {
  return asText(choice.finish_reason);
}
