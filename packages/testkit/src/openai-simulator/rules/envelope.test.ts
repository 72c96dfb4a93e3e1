import { MAX_BODY_BYTES } from "../../simulator/request.ts";
import { describeRules, type RuleCase } from "../../testing/openai-rules.ts";
import { ENVELOPE_RULES } from "./envelope.ts";

const CASES: readonly RuleCase[] = [
  {
    rule: "nothing leaks",
    headers: { authorization: "Bearer la_sk_secret" },
    message: "The simulator was sent what must not reach an upstream: a router token in a header",
    code: null,
    right: {},
  },
  {
    rule: "body size",
    text: `"${" ".repeat(MAX_BODY_BYTES)}"`,
    message: "Request body is too large.",
    status: 413,
    code: "request_too_large",
    right: {},
  },
  {
    rule: "credential sent",
    headers: { authorization: "" },
    message: "You didn't provide an API key.",
    status: 401,
    code: null,
    right: { headers: { authorization: "bearer sk-test" } },
  },
  {
    rule: "credential accepted",
    headers: { authorization: "Bearer invalid-key-12345" },
    message: "Incorrect API key provided: invalid-*****2345. You can find your API key at",
    status: 401,
    code: "invalid_api_key",
    right: {},
  },
  {
    rule: "credential accepted",
    headers: { authorization: "Bearer short" },
    message: "Incorrect API key provided: short. You can find your API key at",
    status: 401,
    code: "invalid_api_key",
    right: {},
  },
  {
    rule: "content type",
    headers: { "content-type": "text/plain" },
    message: "Invalid Content-Type header (text/plain), expected application/json.",
    code: null,
    right: { headers: { "content-type": "application/json; charset=utf-8" } },
  },
  { rule: "JSON", text: "{", message: "We could not parse the JSON body of your request.", code: null, right: {} },
  { rule: "JSON object", text: "[]", message: "Invalid type for request body", code: "invalid_type", right: {} },
];

describeRules(ENVELOPE_RULES, CASES);
