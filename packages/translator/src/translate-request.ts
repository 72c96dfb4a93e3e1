import { resolveCapability } from "./capability/resolve.ts";
import type { RequestScope, TranslationContext } from "./context.ts";
import type { JsonObject } from "./json.ts";
import { LossLog } from "./loss.ts";
import type { Loss } from "./loss.ts";
import { pairToolResults } from "./neutral/normalise.ts";
import type { NeutralRequest } from "./neutral/request.ts";
import { parseJsonBody, withinDepth } from "./parse-body.ts";
import type { Body } from "./parse-body.ts";
import { dialectOf } from "./registry.ts";
import { ToolNames } from "./tools/names.ts";
import { withJsonTool } from "./tools/json-tool.ts";
import type { TranslateOptions } from "./translate-options.ts";

/** A request for the upstream, and what its answer will need. */
export interface TranslatedRequest {
  readonly body: JsonObject;
  /** The body as JSON. The same history always gives the same text, so that prompt caches keep working. */
  readonly text: string;
  /** What the upstream cannot be told as the client said it. */
  readonly losses: readonly Loss[];
  /** Hand it to `translateResponse` or `createStreamTranslator`. */
  readonly context: TranslationContext;
}

/**
 * Translates a client's request for an upstream of another dialect. Throws a `TranslationError` when the request is malformed, asks
 * for what the upstream cannot give, or in strict mode would lose something; a `TypeError` for a mistake of the host.
 */
export function translateRequest(body: Body, options: TranslateOptions): TranslatedRequest {
  const { request, scope, context, losses } = prepare(body, options);
  return withinDepth("bad_request", () =>
    written(dialectOf(options.to).encodeRequest(request, scope), losses, context),
  );
}

/**
 * Translates a question for the tokens of a prompt. Undefined when the upstream cannot be asked; `estimateTokens` then gives an
 * answer. Throws as `translateRequest` does.
 */
export function translateCountRequest(body: Body, options: TranslateOptions): TranslatedRequest | undefined {
  const { request, scope, context, losses } = prepare(body, options);
  const { encodeCountRequest } = dialectOf(options.to);
  if (encodeCountRequest === undefined || !scope.capability.countTokens) return undefined;
  return withinDepth("bad_request", () => written(encodeCountRequest(request, scope), losses, context));
}

/** A request in the neutral language, ready to be encoded. */
export interface Prepared {
  readonly request: NeutralRequest;
  readonly scope: RequestScope;
  readonly context: TranslationContext;
  readonly losses: LossLog;
}

/** Decodes a request and puts it into the order and form that every encoder relies on. */
export function prepare(body: Body, options: TranslateOptions): Prepared {
  const { from, to } = options;
  if (from === to) throw new TypeError(`nothing to translate from ${from} to itself: send the body as it is`);
  const losses = new LossLog(from, to, options.mode);
  const parsed = parseJsonBody(body, "bad_request");
  return withinDepth("bad_request", () => {
    const decoded = dialectOf(from).decodeRequest(parsed, losses);
    const model = options.model ?? decoded.model;
    const question = { dialect: to, model, ...(options.upstream !== undefined && { upstream: options.upstream }) };
    const capability = resolveCapability(question, options.capability);
    const paired = { ...withCacheKey(decoded, options.cacheKey), model, turns: pairToolResults(decoded.turns, losses) };
    const { request, jsonTool } = capability.jsonSchema ? { request: paired } : withJsonTool(paired, losses);
    const toolNames = new ToolNames(request, capability.toolNameMaxLength);
    const context: TranslationContext = {
      client: from,
      upstream: to,
      body: parsed,
      request,
      capability,
      toolNames,
      ...(jsonTool !== undefined && { jsonTool }),
      answerModel: options.answerModel ?? decoded.model,
      answerId: options.answerId,
      createdAt: options.createdAt,
      losses: new LossLog(to, from),
    };
    return { request, scope: { capability, toolNames, losses }, context, losses };
  });
}

function written(body: JsonObject, losses: LossLog, context: TranslationContext): TranslatedRequest {
  return { body, text: JSON.stringify(body), losses: losses.list, context };
}

function withCacheKey(request: NeutralRequest, key: string | undefined): NeutralRequest {
  return key === undefined || request.cache?.key !== undefined
    ? request
    : { ...request, cache: { ...request.cache, key } };
}
