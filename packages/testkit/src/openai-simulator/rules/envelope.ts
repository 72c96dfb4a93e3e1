import { isObject } from "../../simulator/json.ts";
import { foundIf, type Rule } from "../../simulator/rule.ts";
import { leakRefusal } from "../../simulator/leak-refusal.ts";
import type { Envelope } from "../../simulator/service.ts";
import { CONVERSATIONS, type OpenAiEndpoint } from "./endpoint.ts";

const EVERYWHERE: readonly OpenAiEndpoint[] = [...CONVERSATIONS, "models"];
const SHOWN_AT_START = 8;
const SHOWN_AT_END = 4;

/** What is refused for its headers, its size or for not being JSON. */
export const ENVELOPE_RULES: readonly Rule<Envelope, OpenAiEndpoint>[] = [
  leakRefusal(EVERYWHERE),
  {
    name: "body size",
    on: EVERYWHERE,
    find: ({ request }) => foundIf(request.tooLong),
    message: () => "Request body is too large.",
    status: 413,
    code: "request_too_large",
  },
  {
    name: "credential sent",
    on: EVERYWHERE,
    find: ({ request }) => foundIf(request.credential === undefined),
    message: () =>
      "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
    status: 401,
  },
  {
    name: "credential accepted",
    on: EVERYWHERE,
    find: ({ request: { credential = "" }, credentials }) =>
      foundIf(credentials?.includes(credential) === false, "", masked(credential)),
    message: ({ what }) =>
      `Incorrect API key provided: ${what}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    status: 401,
    code: "invalid_api_key",
  },
  {
    name: "content type",
    on: CONVERSATIONS,
    find: ({ request: { headers } }) => {
      const type = headers["content-type"] ?? "";
      return foundIf(!/^application\/json\s*(;|$)/i.test(type), "", type);
    },
    message: ({ what }) => `Invalid Content-Type header (${what}), expected application/json.`,
  },
  {
    name: "JSON",
    on: CONVERSATIONS,
    find: ({ request }) => foundIf(request.body === undefined),
    message: () =>
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
  },
  {
    name: "JSON object",
    on: CONVERSATIONS,
    find: ({ request }) => foundIf(!isObject(request.body)),
    message: () => "Invalid type for request body: expected an object.",
    code: "invalid_type",
  },
];

// As the service shows a key that it does not know. Source: recorded errors of 2024 and 2025.
function masked(key: string): string {
  const hidden = key.length - SHOWN_AT_START - SHOWN_AT_END;
  if (hidden <= 0) return key;
  return key.slice(0, SHOWN_AT_START) + "*".repeat(hidden) + key.slice(-SHOWN_AT_END);
}
