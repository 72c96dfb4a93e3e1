import { createHash, createHmac } from "node:crypto";

const DIGEST_BYTES = 32;

/** A seal that stands for a text: the same text and key always give the same one. */
export function sealOf(text: string, key: string): Buffer {
  const digest = digestOf(text);
  return Buffer.concat([digest, macOf(digest, key)]);
}

/** How a seal that came back relates to the text that came with it. */
export type SealCheck = "valid" | "foreign" | "other_text";

/** `foreign`: not made with the key. `other_text`: made for another text. Without a text every text will do. */
export function checkSeal(seal: Buffer, key: string, text?: string): SealCheck {
  const digest = seal.subarray(0, DIGEST_BYTES);
  if (!seal.subarray(DIGEST_BYTES).equals(macOf(digest, key))) return "foreign";
  return text === undefined || digest.equals(digestOf(text)) ? "valid" : "other_text";
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function macOf(digest: Buffer, key: string): Buffer {
  return createHmac("sha256", key).update(digest).digest();
}
