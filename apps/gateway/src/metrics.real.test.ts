import { spawnSync } from "node:child_process";

import { textTurn } from "@link-assistant/testkit";
import { describe, expect, test } from "vitest";

import { MESSAGE, post, startHarness } from "./testing/harness.ts";

const available = spawnSync("promtool", ["--version"]).status === 0;

describe.skipIf(!available && process.env["REQUIRE_REAL_SERVERS"] === undefined)(
  "Prometheus's own promtool (skipped where it is not on the PATH)",
  () => {
    test("finds nothing wrong with /metrics", async () => {
      await using harness = await startHarness({ script: () => textTurn("Hi") });
      await post(harness, MESSAGE);
      const text = await (await harness.admin("/metrics")).text();
      expect(text).toContain('link_assistant_status_total{code="200"} 1');
      const { status, stderr, stdout } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
      expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: "" });
    });
  },
);
