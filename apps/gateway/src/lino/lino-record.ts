/** Throws the error that names the line and says what was expected there. */
export type Fail = (expected: string) => never;

/** An atom, a quoted string without its quotes and escapes, or a parenthesis, which is never quoted. */
export interface Word {
  readonly quoted: boolean;
  readonly text: string;
}

/** A record: what stands before its fields, and the words of each field by its name. */
interface LinoRecord {
  readonly head: readonly Word[];
  readonly fields: ReadonlyMap<string, readonly Word[]>;
}

/** A longest label made of escapes alone takes 2,048 characters. Bounds what the expression below may have to go back over. */
const MAX_LINE_CHARS = 65_536;
const WORD = /\s*(?:([()]|[^\s()"]+)|"((?:[^"\\]|\\["\\nrt])*)")/gy;
const ESCAPE = /\\(.)/g;
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Parses `(word … (field value …) …)`, which is the whole line. Values with parentheses in them are kept as loose words. */
export function parseRecord(line: string, fail: Fail): LinoRecord {
  const words = wordsOf(line, fail);
  if (!is(words.shift(), "(") || !is(words.pop(), ")")) fail("a record in parentheses and nothing else");
  const firstField = words.findIndex((word) => is(word, "("));
  const headLength = firstField === -1 ? words.length : firstField;
  return { head: words.slice(0, headLength), fields: fieldsOf(words.slice(headLength), fail) };
}

function wordsOf(line: string, fail: Fail): Word[] {
  if (line.length > MAX_LINE_CHARS) fail(`at most ${MAX_LINE_CHARS} characters`);
  const words: Word[] = [];
  let end = 0;
  for (const { 0: whole, 1: atom, 2: string = "", index } of line.matchAll(WORD)) {
    words.push(atom === undefined ? { quoted: true, text: unescaped(string) } : { quoted: false, text: atom });
    end = index + whole.length;
  }
  if (end < line.length)
    fail(`at column ${end + 1} a quoted string that ends, with no escapes but \\" \\\\ \\n \\r \\t`);
  return words;
}

function unescaped(string: string): string {
  return string.replaceAll(ESCAPE, (_, char: string) => ESCAPED.get(char) ?? char);
}

function fieldsOf(words: readonly Word[], fail: Fail): Map<string, readonly Word[]> {
  const fields = new Map<string, readonly Word[]>();
  let depth = 0;
  let field: Word[] = [];
  for (const word of words) {
    const [opens, closes] = [is(word, "("), is(word, ")")];
    if (depth === 0 && !opens) fail("nothing but fields in parentheses after the id");
    if (closes) depth -= 1;
    if (depth > 0) field.push(word);
    else if (closes) addField(fields, field, fail);
    else field = [];
    if (opens) depth += 1;
  }
  if (depth !== 0) fail("as many closing parentheses as opening ones");
  return fields;
}

function addField(fields: Map<string, readonly Word[]>, [name, ...values]: readonly Word[], fail: Fail): void {
  if (name === undefined || name.quoted || is(name, "(")) return fail("a field to begin with its name");
  if (fields.has(name.text)) fail(`one field (${name.text} …), not two`);
  fields.set(name.text, values);
}

function is(word: Word | undefined, parenthesis: "(" | ")"): boolean {
  return word !== undefined && !word.quoted && word.text === parenthesis;
}
