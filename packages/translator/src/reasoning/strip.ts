import type { DialectId } from "../dialect.ts";
import { findBytes } from "../find-bytes.ts";
import { asList, asObject, asString } from "../json.ts";
import type { JsonObject } from "../json.ts";
import { isCarrier } from "./carrier.ts";

const findCarrier = findBytes(['"tgA1.', '"tgO1.', '"tgC1.']);

/**
 * Whether a request holds reasoning of another upstream's dialect, packed by an earlier translation. Such a request must not go
 * untouched to an upstream of the client's own dialect: see `withoutCarriers`. It may say yes for text that only looks like it.
 */
export function hasCarrier(body: Uint8Array): boolean {
  return findCarrier(body, 0) !== -1;
}

/** The request without reasoning that was packed by a translation; turns that are left empty are left out. */
export function withoutCarriers(dialect: DialectId, body: JsonObject): JsonObject {
  if (dialect === "openai-responses") {
    const input = asList(body.input);
    return input === undefined ? body : { ...body, input: input.filter((item) => !isPackedItem(item)) };
  }
  const messages = asList(body.messages);
  return messages === undefined ? body : { ...body, messages: messages.flatMap(strippedMessage) };
}

function isPackedItem(item: unknown): boolean {
  const { type, encrypted_content: content } = asObject(item) ?? {};
  return type === "reasoning" && isCarrier(asString(content) ?? "");
}

function strippedMessage(message: unknown): readonly unknown[] {
  const object = asObject(message);
  if (object === undefined) return [message];
  const [content, details] = [asList(object.content), asList(object.reasoning_details)];
  const stripped = content?.filter((block) => !isPackedBlock(block));
  if (content !== undefined && stripped?.length === 0 && content.length > 0) return [];
  return [
    {
      ...object,
      ...(stripped !== undefined && { content: stripped }),
      ...(details !== undefined && { reasoning_details: details.filter((detail) => !isPackedBlock(detail)) }),
    },
  ];
}

function isPackedBlock(block: unknown): boolean {
  const { signature, data } = asObject(block) ?? {};
  return isCarrier(asString(signature) ?? "") || isCarrier(asString(data) ?? "");
}
