const LETTERS = "abcdefghijklmnop";

/**
 * The `obfuscation` of a streamed delta: letters without a meaning, of a length that changes from one to the next. Real streams carry
 * it unless the request says `include_obfuscation: false`.
 */
export function obfuscationAt(position: number): string {
  return LETTERS.slice(0, (position * 7) % LETTERS.length);
}
