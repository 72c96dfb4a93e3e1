import { textTurn } from "@link-assistant/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { startHarness } from "../testing/harness.ts";
import type { Harness } from "../testing/harness.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import type { TemporaryDirectory } from "../testing/temporary-directory.ts";

let directory: TemporaryDirectory;
let harness: Harness;
beforeEach(async () => {
  directory = temporaryDirectory();
  directory.write("auth.json", JSON.stringify({ access_token: "token-of-lost" }));
  harness = await startHarness({
    credentials: ["key-of-good"],
    script: () => textTurn("Hello"),
    config: {
      accounts: [
        { name: "good", kind: "api-key", key: "key-of-good" },
        { name: "refused", kind: "api-key", key: "key-of-refused" },
        { name: "lost", kind: "credentials-dir", directory: directory.path },
      ],
    },
  });
});
afterEach(async () => {
  await harness[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

async function tested(name: string): Promise<unknown> {
  return (await harness.admin(`/api/accounts/${name}/test`, { method: "POST" })).json();
}

describe("a test of an account", () => {
  const duration = expect.any(Number);

  test("says that its credential is taken", async () => {
    expect(await tested("good")).toEqual({
      account: "good",
      ok: true,
      status: 200,
      models: expect.any(Number),
      duration_ms: duration,
      error: null,
    });
  });

  test("says with which status its credential is refused", async () => {
    const error = "the upstream answered 401";
    expect(await tested("refused")).toEqual({
      account: "refused",
      ok: false,
      status: 401,
      duration_ms: duration,
      error,
    });
  });

  test("says that no credential can be read", async () => {
    const credential = harness.gateway.credentials.get("lost");
    const before = credential?.header();
    expect(before?.value).toBe("Bearer token-of-lost");
    directory.write("auth.json", "{}");
    // Looks at the file at once, where time alone would take a second.
    credential?.renewed(before ?? { name: "authorization", value: "" });
    const error = "The account's credential cannot be read.";
    expect(await tested("lost")).toEqual({ account: "lost", ok: false, status: null, duration_ms: 0, error });
  });

  test("says why the upstream did not answer", async () => {
    await harness.simulator.close();
    const error = expect.stringContaining("ECONNREFUSED");
    expect(await tested("good")).toEqual({ account: "good", ok: false, status: null, duration_ms: duration, error });
  });
});
