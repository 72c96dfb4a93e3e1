import { asObject, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import { RUNNING } from "./wire.ts";

/**
 * Why the model stopped, as the wire spells it: the reason of an incomplete response, such as `max_output_tokens`, or else its
 * status, such as `completed`. Undefined while the response runs.
 */
export function readFinish(response: JsonObject): string | undefined {
  const status = asText(response.status);
  if (status !== undefined && RUNNING.has(status)) return undefined;
  return asText(asObject(response.incomplete_details)?.reason) ?? status;
}
