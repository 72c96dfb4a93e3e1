import type { JsonObject } from "../simulator/json.ts";
import type { SimModel } from "./model.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

/** One model as the API describes it. */
export function modelBody(model: SimModel): JsonObject {
  return {
    type: "model",
    id: model.id,
    display_name: model.displayName,
    created_at: model.createdAt,
    max_input_tokens: null,
    max_tokens: model.maxTokens,
    capabilities: null,
    lifecycle: "active",
    line: /^claude-([a-z]+)-/.exec(model.id)?.[1] ?? null,
    deprecated_at: null,
    retires_at: null,
  };
}

/**
 * One page of the list of models, or the message of a refusal. `after_id` gives the models behind one, `before_id` those just before
 * it, `limit` (1 to 1000, default 20) how many at most.
 */
export function modelPage(models: readonly SimModel[], query: URLSearchParams): JsonObject | string {
  const limit = Number(query.get("limit") ?? DEFAULT_LIMIT);
  if (!(limit >= 1)) return "limit: Input should be greater than or equal to 1";
  if (limit > MAX_LIMIT) return `limit: Input should be less than or equal to ${MAX_LIMIT}`;
  const range = rangeOf(models, query);
  if (range === undefined) return "after_id, before_id: no such model";
  const page = query.has("before_id") ? range.slice(-limit) : range.slice(0, limit);
  return {
    data: page.map(modelBody),
    has_more: page.length < range.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function rangeOf(models: readonly SimModel[], query: URLSearchParams): readonly SimModel[] | undefined {
  const afterId = query.get("after_id");
  const beforeId = query.get("before_id");
  const start = afterId === null ? 0 : models.findIndex(({ id }) => id === afterId) + 1;
  const end = beforeId === null ? models.length : models.findIndex(({ id }) => id === beforeId);
  if ((afterId !== null && start === 0) || end === -1) return undefined;
  return models.slice(start, end);
}
