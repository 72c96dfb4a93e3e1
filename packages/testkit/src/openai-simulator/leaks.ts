import { isObject } from "../simulator/json.ts";
import { headerLeak, LEAK_RULES, ROUTER_TOKEN, type LeakRule } from "../simulator/leak.ts";

/** What the router packs reasoning of one dialect in, to carry it through another. */
const CARRIER = /(?:^|[^\w.])tg[AO]1\.[\w-]{8,}/;
/** Fields that only Anthropic's dialect has. */
const FOREIGN_FIELDS: ReadonlySet<string> = new Set(["cache_control", "thinking"]);
/** Members whose own members are named by others. */
const FREELY_NAMED: ReadonlySet<string> = new Set(["client_metadata", "metadata", "parameters", "schema"]);
/** Fields that say who asks. */
const IDENTITY_FIELDS = ["metadata", "prompt_cache_key", "safety_identifier", "user"];

/** What must not reach OpenAI: beside what must reach nobody, everything that is Anthropic's or the router's own. */
export const OPENAI_LEAK_RULES: readonly LeakRule[] = [
  ...LEAK_RULES,
  headerLeak("x-api-key"),
  {
    what: "a header of Anthropic's",
    found: ({ headers }) => Object.keys(headers).some((name) => name.startsWith("anthropic-")),
  },
  {
    what: "a carrier of the router in a header",
    found: ({ headers }) => CARRIER.test(Object.values(headers).join("\n")),
  },
  { what: "a carrier of the router in the body", found: ({ body }) => holdsCarrier(body) },
  { what: "a field of Anthropic's in the body", found: ({ body }) => holdsForeignField(body) },
  {
    what: "a router token in a field that says who asks",
    found: ({ body }) =>
      isObject(body) && IDENTITY_FIELDS.some((field) => JSON.stringify(body[field])?.includes(ROUTER_TOKEN)),
  },
];

function holdsCarrier(value: unknown): boolean {
  if (typeof value === "string") return CARRIER.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsCarrier);
}

function holdsForeignField(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsForeignField);
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([name, member]) => FOREIGN_FIELDS.has(name) || (!FREELY_NAMED.has(name) && holdsForeignField(member)),
  );
}
