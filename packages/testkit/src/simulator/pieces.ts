const DEFAULT_PIECE_CHARS = 16;

/** A text cut into pieces of a number of UTF-16 units; the empty text has none. */
export function piecesOf(text: string, pieceChars: number = DEFAULT_PIECE_CHARS): string[] {
  if (!(pieceChars >= 1)) throw new TypeError(`pieceChars must be 1 or more, not ${pieceChars}`);
  const pieces: string[] = [];
  for (let start = 0, end = 0; start < text.length; start = end) {
    end = start + pieceChars;
    // A delta never ends between the two halves of a character.
    if (isHighSurrogate(text.charCodeAt(end - 1))) end += 1;
    pieces.push(text.slice(start, end));
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
