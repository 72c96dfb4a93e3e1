import { createHash } from "node:crypto";

/**
 * For each text a key that stands for it and all before it: two lists have a key in common exactly as far as they begin alike.
 * @param scope lists of different scopes have no key in common.
 */
export function prefixChain(scope: string, texts: readonly string[]): string[] {
  let key = scope;
  return texts.map((text) => (key = createHash("sha256").update(key).update(text).digest("base64")));
}
