import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the example scrapes itself, prints the snapshot and ends", async () => {
  const main = join(import.meta.dirname, "main.ts");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [main], { env: {} });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^GET http:\/\/127\.0\.0\.1:\d+\/metrics\n/);
  expect(stdout).toContain("\n# TYPE link_assistant_requests_total counter\nlink_assistant_requests_total 3\n");
  expect(stdout).toContain('\nlink_assistant_account_calls_total{account="primary"} 2\n');
  expect(JSON.parse(stdout.slice(stdout.indexOf("usage snapshot:") + "usage snapshot:".length))).toEqual({
    requests_total: 3,
    errors_total: 1,
    bytes_in: 2932,
    bytes_out: 872,
    openai_chat_completions: 2,
    openai_responses: 0,
    anthropic_messages: 1,
    tokens_issued: 1,
    tokens_revoked: 0,
    status_counts: { "200": 2, "500": 1 },
    account_calls: { primary: 2, "account-1": 1 },
  });
});
