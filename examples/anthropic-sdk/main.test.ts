import { execFile, spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const GATEWAY = join(import.meta.dirname, "../../apps/gateway/src/main.ts");
const EXAMPLE = join(import.meta.dirname, "main.ts");

let gateway: ChildProcessByStdio<null, Readable, null>;
let env: { ROUTER_URL: string; ROUTER_TOKEN: string };

beforeAll(async () => {
  gateway = spawn(process.execPath, [GATEWAY, "serve", "--demo", "--port", "0"], {
    cwd: import.meta.dirname,
    env: {},
    stdio: ["ignore", "pipe", "inherit"],
  });
  env = await greeted(gateway.stdout);
});

afterAll(async () => {
  gateway.kill();
  if (gateway.exitCode === null) await once(gateway, "exit");
});

test("the example lists, creates, streams and counts, and ends", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [EXAMPLE], { env });
  const answer =
    "This is a simulated answer of the Link.Assistant.Router demo; no model was called. You said: Hello through the router.";
  expect(stderr).toBe("");
  expect(stdout.split("\n")).toEqual([
    "models: claude-opus-5-5, claude-sonnet-5-5, claude-haiku-5-5",
    `created: ${answer}`,
    expect.stringMatching(/^usage: [1-9]\d* in, [1-9]\d* out$/),
    `streamed: ${answer}`,
    "ended by: end_turn",
    expect.stringMatching(/^counted: [1-9]\d* tokens$/),
    "",
  ]);
});

test("without a token the example says what to set", async () => {
  const run = promisify(execFile)(process.execPath, [EXAMPLE], { env: {} });
  await expect(run).rejects.toMatchObject({ stderr: expect.stringContaining("Set ROUTER_TOKEN") });
});

/** The address and the token of the gateway's first words. */
async function greeted(output: Readable): Promise<typeof env> {
  let text = "";
  for await (const chunk of output.setEncoding("utf8")) {
    text += chunk;
    const [, url, token] = /listens on (\S+)[^]*Router token +(la_sk_\S+)\n/.exec(text) ?? [];
    if (url !== undefined && token !== undefined) return { ROUTER_URL: url, ROUTER_TOKEN: token };
  }
  throw new Error(`the gateway ended before it said its address and token:\n${text}`);
}
