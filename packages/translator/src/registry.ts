import type { Dialect, DialectId } from "./dialect.ts";
import { anthropicMessages } from "./dialects/anthropic-messages/index.ts";
import { openaiChat } from "./dialects/openai-chat/index.ts";
import { openaiResponses } from "./dialects/openai-responses/index.ts";

const DIALECTS: ReadonlyMap<DialectId, Dialect> = new Map(
  [anthropicMessages, openaiChat, openaiResponses].map((dialect) => [dialect.id, dialect]),
);

/** The dialect of that name; a `TypeError` when this package does not speak it yet. */
export function dialectOf(id: DialectId): Dialect {
  const dialect = DIALECTS.get(id);
  if (dialect === undefined) throw new TypeError(`no dialect "${id}"; there is ${[...DIALECTS.keys()].join(", ")}`);
  return dialect;
}
