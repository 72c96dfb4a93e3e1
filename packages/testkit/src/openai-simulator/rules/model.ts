import { isObject, textOf } from "../../simulator/json.ts";
import { firstFound, found, foundIf, type Found } from "../../simulator/rule.ts";
import type { LimitField } from "../model.ts";
import { memberAt, type CallRule, type OpenAiCall } from "./call.ts";
import { CHAT, CONVERSATIONS, RESPONSES } from "./endpoint.ts";
import { isText, listed, typeFault } from "./faults.ts";
import { unsupported, wrongType } from "./wordings.ts";

const LIMIT_FIELDS: readonly LimitField[] = ["max_tokens", "max_completion_tokens"];
/** Fields that a model takes only when it does not reason, unless they say nothing. */
const PLAIN_FIELDS = ["frequency_penalty", "logit_bias", "logprobs", "presence_penalty", "top_logprobs"];
const SAYS_NOTHING: ReadonlySet<unknown> = new Set([undefined, null, 0, false]);

/** What is refused because the model does not take it. */
export const MODEL_RULES: readonly CallRule[] = [
  {
    name: "model of a completion known",
    on: CHAT,
    find: ({ body, model }) => foundIf(model === undefined, "", textOf(body["model"])),
    message: ({ what }) => `The model \`${what}\` does not exist or you do not have access to it.`,
    status: 404,
    code: "model_not_found",
  },
  {
    name: "model of a response known",
    on: RESPONSES,
    find: ({ body, model }) => foundIf(body["model"] != null && model === undefined, "model", textOf(body["model"])),
    message: ({ what }) => `The requested model '${what}' does not exist.`,
    code: "model_not_found",
  },
  {
    name: "sampling of a completion by model",
    on: CHAT,
    find: (call) => samplingFault(call, (value, field) => foundIf(value !== 1, field, JSON.stringify(value))),
    message: ({ at, what }) =>
      `Unsupported value: '${at}' does not support ${what} with this model. Only the default (1) value is supported.`,
    code: "unsupported_value",
  },
  unsupported("sampling of a response by model", RESPONSES, (call) => samplingFault(call, (_, field) => found(field))),
  unsupported("other sampling by model", CONVERSATIONS, (call) =>
    firstFound(PLAIN_FIELDS, (field) => foundIf(reasons(call) && !SAYS_NOTHING.has(call.body[field]), field)),
  ),
  unsupported("stop by model", CHAT, ({ body, model }) =>
    foundIf(body["stop"] != null && model?.stop === false, "stop"),
  ),
  {
    name: "limit by model",
    on: CHAT,
    find: ({ body, model }) =>
      firstFound(LIMIT_FIELDS, (field) =>
        foundIf(body[field] != null && model?.limitFields.includes(field) === false, field, model?.limitFields[0]),
      ),
    message: ({ at, what }) =>
      `Unsupported parameter: '${at}' is not supported with this model. Use '${what}' instead.`,
    code: "unsupported_parameter",
  },
  {
    name: "greatest limit of a completion",
    on: CHAT,
    find: ({ body, model }) =>
      firstFound(LIMIT_FIELDS, (field) => {
        const limit = Number(body[field] ?? 0);
        const words = `${limit}. This model supports at most ${maxOf(model)} completion tokens, whereas you provided ${limit}`;
        return foundIf(limit > maxOf(model), field, words);
      }),
    message: ({ at, what }) => `${at} is too large: ${what}.`,
    code: "invalid_value",
  },
  {
    name: "greatest limit of a response",
    on: RESPONSES,
    find: ({ body, model }) => {
      const limit = Number(body["max_output_tokens"] ?? 0);
      return foundIf(limit > maxOf(model), "max_output_tokens", `<= ${maxOf(model)}, but got ${limit}`);
    },
    message: ({ at, what }) => `Invalid '${at}': integer above maximum value. Expected a value ${what} instead.`,
    code: "integer_above_max_value",
  },
  unsupported("effort of a model that does not reason", CONVERSATIONS, ({ body, model }) => {
    const { path, effort } = effortOf(body);
    return foundIf(effort != null && model?.efforts.length === 0, path);
  }),
  {
    name: "effort by model",
    on: CONVERSATIONS,
    find: ({ body, model }) => {
      const { path, effort } = effortOf(body);
      if (effort == null || model === undefined || model.efforts.includes(textOf(effort))) return undefined;
      return found(path, notSupported(effort, body, model.efforts));
    },
    message: ({ what }) => `Unsupported value: ${what}`,
    code: "unsupported_value",
  },
  unsupported("summary by model", RESPONSES, ({ body, model }) =>
    foundIf(memberAt(body, "reasoning.summary") != null && model?.efforts.length === 0, "reasoning.summary"),
  ),
  {
    name: "sealed reasoning by model",
    on: RESPONSES,
    find: ({ body: { include }, model }) => {
      const asks = Array.isArray(include) && include.includes("reasoning.encrypted_content");
      return foundIf(asks && model?.efforts.length === 0, "include");
    },
    message: () => "Encrypted content is not supported with this model.",
  },
  {
    name: "verbosity by model",
    on: CONVERSATIONS,
    find: ({ endpoint, body, model }) => {
      const path = endpoint === "chat" ? "verbosity" : "text.verbosity";
      const value = memberAt(body, path) ?? "medium";
      return foundIf(value !== "medium" && model?.verbosity === false, path, notSupported(value, body, ["medium"]));
    },
    message: ({ what }) => `Unsupported value: ${what}`,
    code: "unsupported_value",
  },
  {
    name: "developer by model",
    on: CONVERSATIONS,
    find: ({ entries, model }) =>
      firstFound(entries, ({ at, value }) =>
        foundIf(value["role"] === "developer" && model?.developerRole === false, `${at}.role`),
      ),
    message: ({ at }) => `Unsupported value: '${at}' does not support 'developer' with this model.`,
    code: "unsupported_value",
  },
  wrongType("parts by model", CHAT, ({ entries, model }) =>
    firstFound(model?.onlyText === true ? entries : [], ({ at, value }) =>
      typeFault(value["content"], `${at}.content`, isText, "a string"),
    ),
  ),
];

// Chat has the effort at the top, Responses in `reasoning`.
function effortOf(body: OpenAiCall["body"]): { readonly path: string; readonly effort: unknown } {
  const path = isObject(body["reasoning"]) ? "reasoning.effort" : "reasoning_effort";
  return { path, effort: memberAt(body, path) };
}

function notSupported(value: unknown, { model }: OpenAiCall["body"], values: readonly string[]): string {
  return `'${textOf(value)}' is not supported with the '${textOf(model)}' model. Supported values are: ${listed(values)}.`;
}

function reasons({ body, model }: OpenAiCall): boolean {
  if (model?.sampling !== "without reasoning") return false;
  return (effortOf(body).effort ?? model.defaultEffort) !== "none";
}

function samplingFault(
  call: OpenAiCall,
  find: (value: unknown, field: string) => Found | undefined,
): Found | undefined {
  if (!reasons(call)) return undefined;
  return firstFound(["temperature", "top_p"], (field) =>
    call.body[field] == null ? undefined : find(call.body[field], field),
  );
}

function maxOf(model: OpenAiCall["model"]): number {
  return model?.maxOutputTokens ?? Number.MAX_SAFE_INTEGER;
}
