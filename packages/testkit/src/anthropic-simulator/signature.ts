import { checkSeal, sealOf, type SealCheck } from "../simulator/seal.ts";

const KEY = "link-assistant simulator";

/**
 * The signature the simulator puts on a thinking block, and the `data` of a redacted one. The same text always has the same
 * signature, so a test can write a history that the simulator accepts.
 */
export function signThinking(text: string): string {
  return sealOf(text, KEY).toString("base64");
}

/**
 * How a signature relates to its text. The empty text fits every signature, because a client that asked for `display: "omitted"`
 * never saw the text.
 */
export function checkSignature(signature: unknown, text: string): SealCheck {
  const seal = Buffer.from(typeof signature === "string" ? signature : "", "base64");
  return checkSeal(seal, KEY, text === "" ? undefined : text);
}
