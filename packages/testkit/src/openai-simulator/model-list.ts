import type { JsonObject } from "../simulator/json.ts";
import type { OpenAiModel } from "./model.ts";

/** One model as the API describes it, under the name it was asked for by. */
export function modelBody({ createdAt, ownedBy }: OpenAiModel, name: string): JsonObject {
  return { id: name, object: "model", created: createdAt, owned_by: ownedBy };
}

/** The list of models: each name is a model of its own. */
export function modelList(models: readonly OpenAiModel[]): JsonObject {
  const data = models.flatMap((model) => [model.id, ...model.aliases].map((name) => modelBody(model, name)));
  return { object: "list", data };
}
