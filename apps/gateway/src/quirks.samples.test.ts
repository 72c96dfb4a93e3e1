import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { CLIENT_REQUESTS_MISSING, clientRequests } from "./testing/client-requests.ts";
import type { ClientRequest } from "./testing/client-requests.ts";
import { startHarness } from "./testing/harness.ts";
import type { Harness, HarnessUpstream } from "./testing/harness.ts";

/*
 * What real clients send, at every upstream: it reaches an upstream of its own dialect byte for byte, and any other one as a request
 * that this one takes.
 */

const UPSTREAMS: readonly HarnessUpstream[] = ["anthropic", "openai", "local"];
/** The model that a harness sends every call to; absent: the one that was asked for. */
const MODELS: Partial<Record<HarnessUpstream, string>> = { openai: "gpt-5.5", local: "local" };

/** Requests that are refused, whose fault it is being another one's than the gateway's: by whom, how, and in which words. */
const REFUSED: readonly (readonly [
  names: RegExp,
  upstreams: readonly HarnessUpstream[],
  status: number,
  says: RegExp,
])[] = [
  // Clients mend these by themselves: a thread that nobody holds is begun anew, a beta that is refused is left out.
  [/^anthropic-sdk\.(?:tool-runner|x-thread)/, UPSTREAMS, 404, /"error_code":"thread_not_found"/],
  [/^claude-code\.(?:x-)?interactive/, ["anthropic"], 400, /safeguards: Extra inputs are not permitted/],
  // What the simulator has never said, it does not hold.
  [
    /^(?:ai-sdk\.responses-(?:item|stream)|langchain\.responses-tools|openai-agents\.responses-tools)/,
    ["openai"],
    404,
    /Item with id 'rs_\w+' not found/,
  ],
  // Sent untouched to a model that takes other fields than the one that was asked for.
  [/^openai-sdk\.chat$/, ["openai"], 400, /'temperature' does not support/],
  [/^(?:opencode|qwen-code)\.chat-edit$/, ["openai"], 400, /'max_tokens' is not supported/],
  [/^openai-sdk\.chat$|^pi\.chat-edit$/, ["local"], 400, /'max_completion_tokens' is not supported/],
  // A server that takes texts only.
  [/vision$|^qwen-code\.chat-edit$/, ["local"], 400, /content': expected a string, but got an array/],
];

const ASKING = clientRequests().filter(({ body }) => body !== null);

test.skipIf(CLIENT_REQUESTS_MISSING)("there are the requests that this suite was written for", () => {
  expect(ASKING.length).toBeGreaterThanOrEqual(79);
});

describe.skipIf(CLIENT_REQUESTS_MISSING).each(UPSTREAMS)("at %s", (upstream) => {
  let harness: Harness;
  const known = new Set<string>();
  beforeAll(async () => {
    harness = await startHarness({ upstream });
  });
  beforeEach(() => harness.gateway.pool.reset("primary", Date.now()));
  afterAll(() => harness[Symbol.asyncDispose]());

  test.each(ASKING)("$name", async (request) => {
    const before = harness.simulator.requests.length;
    const response = await send(harness, request);
    const text = await response.text();
    const [, , status, says] = refusalOf(request, upstream) ?? [0, 0, 200, /./];
    expect([response.status, text]).toEqual([status, expect.stringMatching(says)]);
    // Of two that ended in the same millisecond, either may come first.
    const row = (await harness.ledger(known.size + 1)).find(({ id }) => !known.has(id));
    known.add(row?.id ?? "");
    expect(row).toMatchObject({ status, stream: request.body?.["stream"] === true });
    expect(status === 200 ? row?.end : "complete").toBe("complete");
    const untouched = harness.simulator.requests.slice(before).filter(({ path }) => path === request.path);
    expect(untouched).toHaveLength(OWN_PATHS[upstream].test(request.path) ? 1 : 0);
    for (const { rawBody, headers } of untouched) {
      expect(rawBody.toString()).toBe(JSON.stringify({ ...request.body, ...modelAt(upstream) }));
      expect(headers).toMatchObject(dialectHeaders(request));
    }
    expect(harness.simulator.leaks).toEqual([]);
  });
});

/** Where each upstream is called in dialects of its own. */
const OWN_PATHS: Readonly<Record<HarnessUpstream, RegExp>> = {
  anthropic: /^\/v1\/messages/,
  openai: /^\/v1\/(?:chat|responses)/,
  local: /^\/v1\/chat/,
};

function send({ url, token }: Harness, { path, method, headers, body }: ClientRequest): Promise<Response> {
  return fetch(url + path, { method, headers: headers(token), body: JSON.stringify(body) });
}

function refusalOf({ name }: ClientRequest, upstream: HarnessUpstream): (typeof REFUSED)[number] | undefined {
  return REFUSED.find(([names, upstreams]) => names.test(name) && upstreams.includes(upstream));
}

function modelAt(upstream: HarnessUpstream): { readonly model?: string } {
  const model = MODELS[upstream];
  return model === undefined ? {} : { model };
}

/** What a client says to its service in headers. */
function dialectHeaders({ headers }: ClientRequest): Record<string, string> {
  const sent = Object.entries(headers(""));
  return Object.fromEntries(sent.filter(([name]) => /^(?:anthropic|x-stainless|x-codex|user-agent)/.test(name)));
}
