import { shortHash } from "./sha256.ts";

const LEGAL = /^[a-zA-Z0-9_-]+$/;
const ILLEGAL = /[^a-zA-Z0-9_-]/g;
const HASH_LENGTH = 12;

/**
 * An id as the target takes it: itself when it is made of letters, digits, `_` and `-` and is not too long, else its legal part with
 * a hash of the whole. A pure function, so calls and results keep the same id from turn to turn.
 */
export function legalId(id: string, maxLength: number): string {
  if (id.length <= maxLength && LEGAL.test(id)) return id;
  const head = id.replaceAll(ILLEGAL, "_").slice(0, maxLength - HASH_LENGTH - 1);
  return `${head}_${shortHash(id, HASH_LENGTH)}`;
}

/** The upstream's id of an answer without the letters that its dialect puts first, or else `fallback`: what other ids are made of. */
export function idStem(id: string | undefined, fallback: string): string {
  const stem = (id ?? "").replace(/^(?:msg|resp|chatcmpl|gen|cmpl)[_-]/, "").replaceAll(ILLEGAL, "");
  return stem === "" ? fallback : stem;
}
