/** What a request names a model by. */
export interface Named {
  /** The full name. */
  readonly id: string;
  readonly aliases: readonly string[];
}

/** The model a request names, by its id or an alias. */
export function findModel<Model extends Named>(models: readonly Model[], name: string): Model | undefined {
  return models.find(({ id, aliases }) => id === name || aliases.includes(name));
}

/** The models of a simulator's options: a name stands for a known model, or for one that takes everything. */
export function modelsOf<Model extends Named>(
  models: readonly (Model | string)[],
  known: readonly Model[],
  permissive: (id: string) => Model,
): Model[] {
  return models.map((model) => (typeof model === "string" ? (findModel(known, model) ?? permissive(model)) : model));
}
