import type { DialectId } from "../../dialect.ts";
import type { JsonObject } from "../../json.ts";
import { anthropicLaw } from "./anthropic-messages.ts";
import type { ModelRules } from "./complaints.ts";
import { chatLaw } from "./openai-chat.ts";
import { responsesLaw } from "./openai-responses.ts";

export type { ModelRules } from "./complaints.ts";

/** What the service that a dialect is named after would refuse a request for. */
export const LAWS: Readonly<Record<DialectId, (body: JsonObject, rules?: ModelRules) => readonly string[]>> = {
  "anthropic-messages": anthropicLaw,
  "openai-chat": chatLaw,
  "openai-responses": responsesLaw,
};
