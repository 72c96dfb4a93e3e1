import { textOf, type JsonObject } from "../../simulator/json.ts";
import { firstFound, foundIf, type Found } from "../../simulator/rule.ts";
import { isOwnSeal } from "../reasoning-seal.ts";
import { itemType, type CallRule, type OpenAiCall } from "./call.ts";
import { RESPONSES } from "./endpoint.ts";

/** What is refused because it is not what an earlier answer said. */
export const STATE_RULES: readonly CallRule[] = [
  {
    name: "previous response known",
    on: RESPONSES,
    find: ({ before, body }) =>
      foundIf(before === undefined, "previous_response_id", textOf(body["previous_response_id"])),
    message: ({ what }) => `Previous response with id '${what}' not found.`,
    code: "previous_response_not_found",
  },
  {
    name: "seals of reasoning",
    on: RESPONSES,
    find: ({ entries }) =>
      firstFound(entries, ({ value }) => {
        const seal = value["encrypted_content"];
        return foundIf(itemType(value) === "reasoning" && seal != null && !isOwnSeal(seal), "", abbreviated(seal));
      }),
    message: ({ what }) =>
      `The encrypted content ${what} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    code: "invalid_encrypted_content",
  },
  {
    name: "items known",
    on: RESPONSES,
    find: (call) => (call.body["store"] === false ? undefined : firstUnknownItem(call)),
    message: ({ what }) => `Item with id '${what}' not found.`,
    status: 404,
  },
  {
    name: "items kept",
    on: RESPONSES,
    find: (call) => (call.body["store"] === false ? firstUnknownItem(call) : undefined),
    message: ({ what }) =>
      `Item with id '${what}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    status: 404,
  },
];

function firstUnknownItem({ entries, storedItem, model }: OpenAiCall): Found | undefined {
  return firstFound(entries, ({ value }) => {
    const id = textOf(value["id"]);
    const known = !mustBeKept(value) || model?.openReasoning === true || storedItem(id) !== undefined;
    return foundIf(!known, "input", id);
  });
}

// A reference, and reasoning that says no more than its id, mean nothing by themselves.
function mustBeKept(item: JsonObject): boolean {
  const type = itemType(item);
  return type === "item_reference" || (type === "reasoning" && item["encrypted_content"] == null);
}

function abbreviated(seal: unknown): string {
  const text = textOf(seal);
  return `${text.slice(0, 4)}...${text.slice(-4)}`;
}
