import { checkSeal, sealOf } from "../simulator/seal.ts";

const KEY = "link-assistant OpenAI simulator";
/** Real ones begin like this. Source: recorded answers of 2025 and 2026. */
const BEGINNING = "gAAAAA";

/**
 * The `encrypted_content` the simulator puts on a reasoning item. The same text always has the same one, so a test can write a history
 * that the simulator accepts.
 */
export function sealReasoning(text: string): string {
  return BEGINNING + sealOf(text, KEY).toString("base64url");
}

/** What a stream shows of an `encrypted_content` before it is final; it is not accepted when it comes back. */
export function provisionalSeal(content: string): string {
  return `${content.slice(0, -8)}_interim`;
}

/** Whether an `encrypted_content` was made by a simulator of OpenAI. */
export function isOwnSeal(content: unknown): boolean {
  if (typeof content !== "string" || !content.startsWith(BEGINNING)) return false;
  return checkSeal(Buffer.from(content.slice(BEGINNING.length), "base64url"), KEY) === "valid";
}
