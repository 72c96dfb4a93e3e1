import { BoundedMap } from "../../simulator/bounded-map.ts";
import { textOf, type JsonObject } from "../../simulator/json.ts";

const MAX_RESPONSES = 10_000;
const MAX_ITEMS = 100_000;

/** What the service keeps of its answers, unless a request says `store: false`. */
export interface ResponseStore {
  /** @param conversation everything that was said up to the answer and with it; @param output the answer. */
  keep(response: Kept): void;
  /** The conversation that ends with a response; `undefined` when the credential holds none of that id. */
  conversation(id: string, credential: string | undefined): readonly JsonObject[] | undefined;
  /** An item of an answer; `undefined` when the credential holds none of that id. */
  item(id: string, credential: string | undefined): JsonObject | undefined;
}

/** A response to keep. */
export interface Kept {
  readonly id: string;
  readonly credential: string | undefined;
  /** Everything that was said before the answer. */
  readonly before: readonly JsonObject[];
  readonly output: readonly JsonObject[];
}

/** A store that is empty. */
export function createResponseStore(): ResponseStore {
  const conversations = new BoundedMap<string, readonly JsonObject[]>(MAX_RESPONSES);
  const items = new BoundedMap<string, JsonObject>(MAX_ITEMS);
  return {
    keep({ id, credential, before, output }) {
      conversations.set(keyOf(id, credential), [...before, ...output]);
      for (const item of output) items.set(keyOf(textOf(item["id"]), credential), item);
    },
    conversation: (id, credential) => conversations.get(keyOf(id, credential)),
    item: (id, credential) => items.get(keyOf(id, credential)),
  };
}

function keyOf(id: string, credential = ""): string {
  return `${credential} ${id}`;
}
