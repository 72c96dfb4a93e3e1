import { errorTurn, rateLimitTurn, textTurn } from "@link-assistant/testkit";
import type { Turn } from "@link-assistant/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startCollector } from "../testing/collector.ts";
import type { Collector } from "../testing/collector.ts";
import { MESSAGE, post, startHarness } from "../testing/harness.ts";
import type { Harness, HarnessOptions } from "../testing/harness.ts";

let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector[Symbol.asyncDispose]());

type Spans = ReturnType<Collector["spans"]>;

/** The spans of what is done with a gateway, which has ended then. */
async function spansOf(options: HarnessOptions, work: (harness: Harness) => Promise<unknown>): Promise<Spans> {
  const env = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`, ...options.env };
  const harness = await startHarness({ ...options, env });
  try {
    await work(harness);
  } finally {
    await harness[Symbol.asyncDispose]();
  }
  return collector.spans();
}

/** What the newest span of an exchange says. */
function factsOfExchange(spans: Spans): Readonly<Record<string, unknown>> {
  return spans.findLast(({ kind }) => kind === "SPAN_KIND_SERVER")?.facts ?? {};
}

const PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const call =
  (body: object = MESSAGE, headers: Record<string, string> = {}) =>
  async (harness: Harness): Promise<string> =>
    (await post(harness, body, headers)).text();

describe("an exchange", () => {
  test("is a server's span with a client's span for each attempt, told apart by account", async () => {
    const turns: Record<string, () => Turn> = {
      "key-of-a": () => rateLimitTurn(30),
      "key-of-b": () => textTurn("Hello"),
    };
    const spans = await spansOf(
      {
        script: ({ headers }) => turns[String(headers["x-api-key"])]?.() ?? errorTurn("api_error", "?"),
        accounts: ["a", "b"],
        config: { routing: { strategy: "priority" } },
      },
      call({ ...MESSAGE, stream: true }),
    );
    const [failed, served, exchange] = ["a", "b", undefined].map((account) =>
      spans.find(({ kind, facts }) =>
        account === undefined
          ? kind === "SPAN_KIND_SERVER"
          : facts["link_assistant.account"] === account && kind !== "SPAN_KIND_SERVER",
      ),
    );
    expect(spans).toHaveLength(3);
    expect(exchange).toMatchObject({
      name: "POST /v1/messages",
      parentSpanId: "",
      facts: {
        "http.request.method": "POST",
        "http.route": "/v1/messages",
        "http.response.status_code": 200,
        "link_assistant.surface": "anthropic_messages",
        "link_assistant.end": "complete",
        "link_assistant.account": "b",
        "link_assistant.attempts": 2,
        "link_assistant.cost_usd": expect.any(Number),
      },
    });
    expect(failed).toMatchObject({
      name: "chat claude-sonnet-5-5",
      kind: "SPAN_KIND_CLIENT",
      parentSpanId: exchange?.spanId,
      status: { code: "STATUS_CODE_ERROR" },
      facts: { "error.type": "rate_limit", "http.response.status_code": 429, "gen_ai.provider.name": "anthropic" },
    });
    expect(served).toMatchObject({
      kind: "SPAN_KIND_CLIENT",
      traceId: exchange?.traceId,
      parentSpanId: exchange?.spanId,
      facts: {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "claude-sonnet-5-5",
        "gen_ai.response.id": expect.stringMatching(/^msg_/),
        "gen_ai.response.time_to_first_chunk": expect.any(Number),
        "gen_ai.usage.input_tokens": expect.any(Number),
        "gen_ai.usage.output_tokens": expect.any(Number),
        "http.response.status_code": 200,
      },
    });
    expect(collector.senders()[0]).toMatchObject({ "service.name": "link-assistant-router" });
  });

  test("that broke after its 200 is a failure", async () => {
    const LONG = Array.from({ length: 60 }, (_, index) => `word ${index}`).join(" ");
    const spans = await spansOf(
      { script: () => textTurn(LONG, { cut: { by: "drop", afterEvents: 6 } }) },
      call({ ...MESSAGE, stream: true }),
    );
    expect(spans.map(({ facts, status }) => [facts["error.type"], status?.code])).toEqual([
      ["upstream_error", "STATUS_CODE_ERROR"],
      ["upstream_error", "STATUS_CODE_ERROR"],
    ]);
  });

  test("refused before it went anywhere is a span without attempts, and no failure of the server's", async () => {
    const spans = await spansOf({}, (harness) =>
      fetch(`${harness.url}/v1/messages`, { method: "POST", body: "{}", headers: { "x-api-key": "la_sk_wrong" } }),
    );
    expect(spans).toMatchObject([{ kind: "SPAN_KIND_SERVER", facts: { "http.response.status_code": 401 } }]);
    expect(spans[0]?.facts).not.toHaveProperty("error.type");
  });

  test("is named in the log by the trace it belongs to", async () => {
    let logged: readonly string[] = [];
    const spans = await spansOf({}, async (harness) => {
      await call()(harness);
      logged = harness.logged;
    });
    const line = logged.map((text) => JSON.parse(text)).find(({ msg }) => msg === "exchange ended");
    const server = spans.find(({ kind }) => kind === "SPAN_KIND_SERVER");
    expect(line).toMatchObject({ trace_id: server?.traceId, span_id: server?.spanId });
  });
});

describe("a trace", () => {
  test("of the client's own goes on, and ends at the gateway unless it may go further", async () => {
    let sent: unknown;
    const script: HarnessOptions["script"] = ({ headers }) => {
      sent = headers["traceparent"];
      return textTurn("Hello");
    };
    const spans = await spansOf({ script }, call(MESSAGE, { traceparent: PARENT }));
    expect(spans.find(({ kind }) => kind === "SPAN_KIND_SERVER")).toMatchObject({
      traceId: PARENT.slice(3, 35),
      parentSpanId: PARENT.slice(36, 52),
    });
    expect(sent).toBeUndefined();

    const further = await spansOf(
      { script, config: { tracing: { propagate: true } } },
      call(MESSAGE, { traceparent: PARENT }),
    );
    const attempt = further.findLast(({ kind }) => kind === "SPAN_KIND_CLIENT");
    expect(sent).toBe(`00-${attempt?.traceId}-${attempt?.spanId}-01`);
  });

  test("that its caller does not record is not recorded here", async () => {
    expect(await spansOf({}, call(MESSAGE, { traceparent: PARENT.replace(/01$/, "00") }))).toEqual([]);
  });

  test.each([
    ["always_off", undefined, 0],
    ["traceidratio", "0", 0],
    ["parentbased_traceidratio", "1", 2],
    ["always_on", undefined, 2],
  ])("is sampled by %s %s", async (sampler, argument, count) => {
    const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument };
    expect(await spansOf({ env }, call())).toHaveLength(count);
  });

  test.each([
    [{ OTEL_TRACES_SAMPLER: "sometimes" }, "OTEL_TRACES_SAMPLER must be always_on or"],
    [
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" },
      "OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1",
    ],
    [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc" }, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be http/protobuf"],
    [{ OTEL_TRACES_EXPORTER: "zipkin" }, "OTEL_TRACES_EXPORTER must be a list of otlp, none"],
  ])("that cannot be had stops the start: %j", async (env, message) => {
    await expect(spansOf({ env }, call())).rejects.toThrow(message);
  });

  test("is not there with OTEL_TRACES_EXPORTER=none, and nothing is pushed", async () => {
    const env = { OTEL_TRACES_EXPORTER: "none" };
    expect(await spansOf({ env }, call())).toEqual([]);
    expect(collector.pushes).toBe(0);
  });
});

describe("content", () => {
  const SECRET = "the prompt of a client";
  const body = { ...MESSAGE, messages: [{ role: "user", content: SECRET }], stream: true };

  test("is in no span", async () => {
    const spans = await spansOf({ script: () => textTurn("what was answered") }, call(body));
    expect(spans).toHaveLength(2);
    expect(JSON.stringify(spans)).not.toMatch(/the prompt of|what was answered/);
  });

  test("is there when the operator wants it, whole to its last event, in both kinds of answers", async () => {
    const config = { tracing: { captureContent: true } };
    for (const stream of [true, false]) {
      const spans = await spansOf({ script: () => textTurn("what was answered"), config }, call({ ...body, stream }));
      const facts = factsOfExchange(spans);
      expect(JSON.parse(String(facts["link_assistant.request.body"]))).toEqual({ ...body, stream });
      const answer = String(facts["link_assistant.answer.body"]);
      expect(answer).toContain(stream ? "message_stop" : "what was answered");
    }
  });

  test("is cut where it is too long", async () => {
    const spans = await spansOf(
      { script: () => textTurn("x".repeat(200_000)), config: { tracing: { captureContent: true } } },
      call({ ...body, messages: [{ role: "user", content: "y".repeat(200_000) }] }),
    );
    const facts = factsOfExchange(spans);
    for (const name of ["request", "answer"]) expect(String(facts[`link_assistant.${name}.body`])).toHaveLength(65_536);
  });
});

test("a collector that is down or silent holds nothing up and is told of in one line", async () => {
  for (const status of [503, undefined]) {
    collector.status = status;
    let logged: readonly string[] = [];
    const env = { OTEL_EXPORTER_OTLP_TIMEOUT: "200", OTEL_BSP_SCHEDULE_DELAY: "20" };
    await spansOf({ env }, async (harness) => {
      for (let index = 0; index < 20; index++) expect(await call()(harness)).toContain("Hello to you");
      await expect.poll(() => harness.logged.filter((line) => line.includes("spans were not exported")).length).toBe(1);
      logged = harness.logged;
    });
    expect(logged.filter((line) => line.includes("spans were not exported"))).toHaveLength(1);
  }
});
