import { describe, expect, test } from "vitest";
import { createMetrics } from "./create-metrics.ts";
import { countsInText } from "./testing/counts.ts";
import { TOKEN_COUNTERS, TOKEN_COUNTER_SERIES } from "./token-counters.ts";

const ATTEMPT = { operation: "chat", provider: "anthropic", model: "claude-opus-5-5", error: "", duration: 1 };
const TIMINGS = { request: 1, method: "POST", route: "/v1/messages", status: 200 };
const PREFIX = "gen_ai_client_inference_usage_";

async function counted(optIn: string | undefined, models: readonly string[]): Promise<Record<string, number>> {
  const metrics = createMetrics({ env: { OTEL_SEMCONV_STABILITY_OPT_IN: optIn } });
  const usage = { input: 3, cacheRead: 5, cacheWrite5m: 2, cacheWrite1h: 1, output: 9 };
  for (const model of models) metrics.recordTimings({ ...TIMINGS, attempt: { ...ATTEMPT, model, usage } });
  const counts = countsInText(await metrics.renderPrometheus());
  await metrics.shutdown();
  return Object.fromEntries(Object.entries(counts).filter(([name]) => name.startsWith(PREFIX)));
}

describe("the newest conventions' counters of tokens", () => {
  test.each([undefined, "http", "gen_ai"])("are not there with %s", async (optIn) => {
    expect(await counted(optIn, ["a"])).toEqual({});
  });

  test.each(["gen_ai_latest_experimental", "http, gen_ai_latest_experimental"])("are there with %s", async (optIn) => {
    const labels =
      '{"gen_ai_operation_name":"chat","gen_ai_provider_name":"anthropic","gen_ai_token_modality":"unknown","gen_ai_request_model":"a"}';
    expect(await counted(optIn, ["a", "a"])).toEqual({
      [`${PREFIX}input_tokens_total ${labels}`]: 22,
      [`${PREFIX}output_tokens_total ${labels}`]: 18,
      [`${PREFIX}cache_read_input_tokens_total ${labels}`]: 10,
      [`${PREFIX}cache_write_input_tokens_total ${labels}`]: 6,
    });
  });

  test("are bounded in their number, whatever models there are", async () => {
    const models = Array.from({ length: 5000 }, (_, index) => `model-${index}`);
    const counts = await counted("gen_ai_latest_experimental", models);
    expect(Object.keys(counts).length).toBeLessThanOrEqual(TOKEN_COUNTERS.length * TOKEN_COUNTER_SERIES);
    const outputs = Object.entries(counts).filter(([name]) => name.startsWith(`${PREFIX}output_tokens_total`));
    expect(outputs.reduce((sum, [, count]) => sum + count, 0)).toBe(5000 * 9);
  });
});
