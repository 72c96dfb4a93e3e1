import { createHash, createHmac } from "node:crypto";

const KEY = "link-assistant simulator";
const DIGEST_BYTES = 32;

/**
 * The signature the simulator puts on a thinking block, and the `data` of a redacted one. The same text always has the same
 * signature, so a test can write a history that the simulator accepts.
 */
export function signThinking(text: string): string {
  const digest = digestOf(text);
  return Buffer.concat([digest, seal(digest)]).toString("base64");
}

/** How a signature that came back relates to the text that came with it. */
export type SignatureCheck = "valid" | "foreign" | "other_text";

/**
 * `foreign`: no simulator made it. `other_text`: made for another text. The empty text fits every signature, because a client that
 * asked for `display: "omitted"` never saw the text.
 */
export function checkSignature(signature: unknown, text: string): SignatureCheck {
  const bytes = Buffer.from(typeof signature === "string" ? signature : "", "base64");
  const digest = bytes.subarray(0, DIGEST_BYTES);
  if (!bytes.subarray(DIGEST_BYTES).equals(seal(digest))) return "foreign";
  return text === "" || digest.equals(digestOf(text)) ? "valid" : "other_text";
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function seal(digest: Buffer): Buffer {
  return createHmac("sha256", KEY).update(digest).digest();
}
