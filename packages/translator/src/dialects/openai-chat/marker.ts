import { findBytes } from "../../find-bytes.ts";

/*
 * The names of all counts end in `_tokens`; `"usage"` itself would find the null that most chunks have there. They may say too
 * that there is no finish reason and no error as yet, which counts only where it is not null. Inside a text the quotes would
 * be escaped.
 */
const find = findBytes(['"finish_reason"', '_tokens"', '"error"', "[DONE]", "event: error", "event:error"]);

const QUOTE = 0x22;
const BLANK = 0x20;
const COLON = 0x3a;
const N = 0x6e;

/** Finds what marks a frame worth reading; see `Dialect.findMarker`. */
export function findMarker(bytes: Uint8Array, from: number): number {
  let at = find(bytes, from);
  while (at !== -1 && isNull(bytes, at)) at = find(bytes, at + 1);
  return at;
}

/** Whether a field whose value is null starts at `at`. */
function isNull(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== QUOTE) return false;
  let next = at + 1;
  while (next < bytes.length && bytes[next] !== QUOTE) next++;
  do next++;
  while (bytes[next] === BLANK || bytes[next] === COLON);
  return bytes[next] === N;
}
