import type { TranslationContext } from "../../context.ts";
import { asList, asObject, asString, asText } from "../../json.ts";
import type { JsonObject } from "../../json.ts";
import type { Part } from "../../neutral/part.ts";
import type { NeutralResponse } from "../../neutral/response.ts";
import { TranslationError } from "../../translation-error.ts";
import { decodeAnnotations } from "./citations.ts";
import { decodeReasoningItem } from "./decode-items.ts";
import { isError, neutralError } from "./error.ts";
import { decodeFinish } from "./finish.ts";
import { readUsage } from "./usage.ts";
import { RUNNING } from "./wire.ts";

/** A whole answer; see `Dialect.decodeResponse`. */
export function decodeResponse(body: JsonObject, context: TranslationContext): NeutralResponse {
  if (isError(body)) {
    const error = neutralError(body, undefined);
    throw new TranslationError(error.kind, error.message, error);
  }
  const output = asList(body.output);
  if (output === undefined) throw new TranslationError("bad_gateway", "The upstream's answer has no `output`.");
  const status = asText(body.status) ?? "completed";
  if (RUNNING.has(status) || status === "cancelled") {
    throw new TranslationError("bad_gateway", `The upstream's answer is ${status}.`);
  }
  const parts = output.flatMap((item) => decodeItem(asObject(item) ?? {}));
  const [id, model, tier] = [asText(body.id), asText(body.model), asText(body.service_tier)];
  const usage = readUsage(body.usage);
  if (Object.keys(usage).length === 0) context.losses.note("answer_usage");
  return {
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    parts,
    finish: decodeFinish(body, endingOf(parts)),
    usage,
    ...(tier !== undefined && { tier }),
  };
}

/** What the parts of an answer say of its end. */
export function endingOf(parts: readonly Part[]): { readonly calls: boolean; readonly refusal: string | undefined } {
  const refusal = parts.find((part) => part.type === "refusal");
  return { calls: parts.some(({ type }) => type === "tool_call"), refusal: refusal?.text };
}

const ITEM_DECODERS: ReadonlyMap<unknown, (item: JsonObject) => readonly Part[]> = new Map<
  unknown,
  (item: JsonObject) => readonly Part[]
>([
  ["message", decodeMessage],
  ["reasoning", decodeReasoning],
  ["function_call", (item) => decodeCall(item, "function")],
  ["custom_tool_call", (item) => decodeCall(item, "custom")],
  ["web_search_call", decodeWebSearch],
]);

/** One item of an answer. */
export function decodeItem(item: JsonObject): readonly Part[] {
  const type = asText(item.type);
  if (type === undefined) return [];
  const decode = ITEM_DECODERS.get(type);
  return decode === undefined ? [{ type: "opaque", origin: "openai-responses", name: type, raw: item }] : decode(item);
}

function decodeMessage(item: JsonObject): readonly Part[] {
  const phase = asText(item.phase);
  return (asList(item.content) ?? []).flatMap((value): readonly Part[] => {
    const part = asObject(value);
    const [text, refusal] = [asText(part?.text), asText(part?.refusal)];
    if (refusal !== undefined) return [{ type: "refusal", text: refusal }];
    if (part === undefined || text === undefined) return [];
    const citations = decodeAnnotations(part.annotations);
    const cited = citations.length > 0 ? { citations } : {};
    return [{ type: "text", text, ...cited, ...(phase !== undefined && { phase }) }];
  });
}

function decodeReasoning(item: JsonObject): readonly Part[] {
  const part = decodeReasoningItem(item);
  return part.texts.length > 0 || part.seal !== undefined ? [part] : [];
}

function decodeCall(item: JsonObject, kind: "function" | "custom"): readonly Part[] {
  const [id, name, namespace] = [asText(item.call_id) ?? asText(item.id), asText(item.name), asText(item.namespace)];
  if (name === undefined) return [];
  const text = asString(kind === "custom" ? item.input : item.arguments) ?? "";
  const call = { type: "tool_call" as const, id: id ?? `call_${name}`, name, arguments: text, kind };
  return [namespace === undefined ? call : { ...call, namespace }];
}

function decodeWebSearch(item: JsonObject): readonly Part[] {
  const query = asText(asObject(item.action)?.query);
  const search = { type: "web_search" as const, id: asText(item.id) ?? "ws", origin: "openai-responses" as const };
  return [query === undefined ? search : { ...search, query }];
}
