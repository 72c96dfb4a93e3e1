/** Longest text in a span, in UTF-16 units; of content, in bytes. */
export const MAX_TEXT = 65_536;
