import { asObject, asText } from "../../json.ts";

/** Why the model stopped, as the wire spells it, in a message or in the `delta` of a `message_delta`. */
export function readFinish(value: unknown): string | undefined {
  return asText(asObject(value)?.stop_reason);
}
