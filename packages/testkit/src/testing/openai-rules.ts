import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startOpenAiSimulator } from "../openai-simulator/start-openai-simulator.ts";
import { textTurn } from "../simulator/build-turn.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { CHAT_HELLO, postChat, RESPONSE_HELLO } from "./post-openai.ts";

/** Laid over a good call; `undefined` takes a field away. */
export type Body = Readonly<Record<string, unknown>>;

/** What a case sends beside a good call. */
export interface Sent {
  body?: Body;
  /** Sent as it stands. */
  text?: string;
  headers?: Record<string, string>;
}

/** A call that a rule refuses, and one that is almost the same and right. */
export interface RuleCase extends Sent {
  rule: string;
  /** Default `chat`. */
  on?: "chat" | "responses" | "input_tokens";
  /** How the message begins, or a part of it. */
  message: string;
  /** Default 400. */
  status?: number;
  code: string | null;
  /** Default null. */
  param?: string | null;
  right: Sent;
}

/** A case in which all but what is said often is left to say. */
type Worded = (param: string, rest: Omit<RuleCase, "message" | "code" | "param">) => RuleCase;

/** A case in which something is there that nobody knows. */
export const unknown: Worded = worded("unknown_parameter", (param) => `Unknown parameter: '${param}'.`);
/** A case in which something is missing. */
export const missing: Worded = worded(
  "missing_required_parameter",
  (param) => `Missing required parameter: '${param}'.`,
);
/** A case in which the model does not take something. */
export const unsupported: Worded = worded(
  "unsupported_parameter",
  (param) => `Unsupported parameter: '${param}' is not supported with this model.`,
);
/** A case in which a list is empty. */
export const empty: Worded = worded(
  "empty_array",
  (param) =>
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
);

function worded(code: string, message: (param: string) => string): Worded {
  return (param, rest) => ({ message: message(param), code, param, ...rest });
}

const ENDPOINTS = {
  chat: { path: "/v1/chat/completions", good: CHAT_HELLO },
  responses: { path: "/v1/responses", good: RESPONSE_HELLO },
  input_tokens: { path: "/v1/responses/input_tokens", good: RESPONSE_HELLO },
};

/** The tests of some rules: each has cases, what they refuse is refused by it, and what is right passes. */
export function describeRules(rules: readonly { readonly name: string }[], cases: readonly RuleCase[]): void {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startOpenAiSimulator({
      script: () => textTurn("Hi"),
      credentials: ["sk-test", "la_sk_secret"],
    });
  });
  afterAll(() => simulator.close());
  const send = async (on: keyof typeof ENDPOINTS, { body, text, headers = {} }: Sent): Promise<Response> => {
    const { path, good } = ENDPOINTS[on];
    return postChat(simulator, text ?? { ...good, ...body }, { headers, path });
  };

  describe("every rule", () => {
    it.each(cases)("$rule: $message", async ({ on = "chat", message, status = 400, code, param = null, ...sent }) => {
      const response = await send(on, sent);

      expect([response.status, await response.json()]).toEqual([
        status,
        { error: { message: expect.stringContaining(message), type: "invalid_request_error", param, code } },
      ]);
    });

    it.each(cases)("lets pass what is right: $rule ($message)", async ({ on = "chat", right }) => {
      const response = await send(on, right);

      expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
    });

    it("has a case", () => {
      expect([...new Set(cases.map((row) => row.rule))].toSorted()).toEqual(rules.map(({ name }) => name).toSorted());
    });
  });
}
