import type { DialectId } from "../dialect.ts";
import { asText, parseObject } from "../json.ts";
import { decodeBase64, encodeBase64 } from "../media.ts";
import type { ReasoningPart, Seal } from "../neutral/part.ts";

/*
 * Reasoning is proven by opaque texts that only their own upstream takes back. To survive in a client of another dialect, such a
 * text travels in the field that the client's dialect has for its own, behind a prefix that tells where it comes from.
 */

const PREFIXES: Readonly<Record<DialectId, string>> = {
  "anthropic-messages": "tgA1.",
  "openai-responses": "tgO1.",
  "openai-chat": "tgC1.",
};

/** What every carrier begins with. */
const ANY_PREFIX = /^tg[AOC]1\./;

/** Whether an opaque text of a client's is a carrier: it must not reach an upstream. */
export function isCarrier(text: string): boolean {
  return ANY_PREFIX.test(text);
}

/**
 * Packs what proves a reasoning part for a client of another dialect. `hiddenTexts`: the readable text, where the client does not get
 * to see it; it must come back with the proof.
 */
export function packSeal(seal: Seal, hiddenTexts: readonly string[] = []): string {
  const json = JSON.stringify({ k: seal.kind, d: seal.data, ...(hiddenTexts.length > 0 && { x: hiddenTexts }) });
  return PREFIXES[seal.origin] + toBase64Url(json);
}

/** What is in a carrier: the proof, and the readable text if it was hidden. Undefined when it is none, or damaged. */
export function unpackSeal(text: string): { readonly seal: Seal; readonly texts?: readonly string[] } | undefined {
  const found = Object.entries(PREFIXES).find(([, prefix]) => text.startsWith(prefix));
  if (found === undefined) return undefined;
  const [origin, prefix] = found;
  const packed = parseObject(fromBase64Url(text.slice(prefix.length)) ?? "");
  const [kind, data] = [SEAL_KINDS.find((known) => known === packed?.k), asText(packed?.d)];
  if (kind === undefined || data === undefined || !isDialect(origin)) return undefined;
  const texts = Array.isArray(packed?.x) ? packed.x.filter((each) => typeof each === "string") : undefined;
  return { seal: { origin, kind, data }, ...(texts !== undefined && { texts }) };
}

/** A reasoning part from a client: its text, and the opaque text beside it, which may be a carrier or the client's dialect's own. */
export function reasoningOf(
  texts: readonly string[],
  opaque: string | undefined,
  own: (data: string) => Seal,
): ReasoningPart {
  if (opaque === undefined || opaque === "") return { type: "reasoning", texts };
  if (!isCarrier(opaque)) return { type: "reasoning", texts, seal: own(opaque) };
  const carried = unpackSeal(opaque);
  if (carried === undefined) return { type: "reasoning", texts };
  return { type: "reasoning", texts: carried.texts ?? texts, seal: carried.seal };
}

const SEAL_KINDS = ["signature", "redacted", "encrypted", "details"] as const;

function isDialect(text: string): text is DialectId {
  return Object.hasOwn(PREFIXES, text);
}

function toBase64Url(text: string): string {
  return encodeBase64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): string | undefined {
  return decodeBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
