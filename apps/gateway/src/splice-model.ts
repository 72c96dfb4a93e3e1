const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const KEY = Buffer.from('"model"');

/**
 * The body with another value for `model` at its top level; every other byte stays as it is. The body has to be a JSON object, as one that
 * was parsed is. Every `model` of the top level is replaced, should there be several.
 */
export function spliceModel(body: Buffer, model: string): Buffer {
  const value = Buffer.from(JSON.stringify(model));
  const pieces: Buffer[] = [];
  let kept = 0;
  for (const [start, end] of modelValues(body)) {
    pieces.push(body.subarray(kept, start), value);
    kept = end;
  }
  return kept === 0 ? body : Buffer.concat([...pieces, body.subarray(kept)]);
}

/** Where the values of `model` at the top level begin and end. */
function modelValues(body: Buffer): [start: number, end: number][] {
  const values: [number, number][] = [];
  let depth = 0;
  let at = 0;
  while (at < body.length) {
    const byte = body[at] ?? 0;
    if (byte !== QUOTE) {
      depth += depthChange(byte);
      at += 1;
      continue;
    }
    const end = stringEnd(body, at);
    const colon = skipBlanks(body, end);
    if (depth === 1 && body[colon] === COLON && body.subarray(at, end).equals(KEY)) {
      const start = skipBlanks(body, colon + 1);
      const valueEnd = body[start] === QUOTE ? stringEnd(body, start) : start;
      if (valueEnd > start) values.push([start, valueEnd]);
      at = Math.max(valueEnd, colon + 1);
    } else at = end;
  }
  return values;
}

function depthChange(byte: number): number {
  if (byte === 0x7b || byte === 0x5b) return 1;
  return byte === 0x7d || byte === 0x5d ? -1 : 0;
}

/** Just behind the string that begins there. */
function stringEnd(body: Buffer, start: number): number {
  let end = body.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(body, end)) end = body.indexOf(QUOTE, end + 1);
  return end === -1 ? body.length : end + 1;
}

function isEscaped(body: Buffer, at: number): boolean {
  let first = at;
  while (body[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

function skipBlanks(body: Buffer, from: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x0a || body[at] === 0x0d || body[at] === 0x09) at += 1;
  return at;
}
