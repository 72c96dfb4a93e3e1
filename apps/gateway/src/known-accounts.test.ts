import { READY, parseConfig } from "@link-assistant/core";
import { pino } from "pino";
import { expect, test } from "vitest";

import { openKept } from "./kept.ts";
import { startGateway } from "./start.ts";
import { openSqliteStore } from "./stores/sqlite.ts";
import { temporaryDirectory } from "./testing/temporary-directory.ts";
import { until } from "./testing/until.ts";

test("what is known of accounts outlives a restart, and a reset in the store reaches a gateway that runs", async () => {
  using directory = temporaryDirectory();
  const config = parseConfig({ dataDir: directory.path, accounts: [{ name: "a", kind: "api-key", key: "k" }] });
  const log = pino({ level: "silent" });
  const first = await startGateway(config, {}, await openKept(config, {}, log), log);
  const failure = { kind: "billing", blame: "account", elsewhere: true, rest: "long", scope: "account" } as const;
  first.gateway.pool.begin("a", Date.now()).failed(failure, Date.now());
  await first.close();

  const second = await startGateway(config, {}, await openKept(config, {}, log), log);
  const { pool } = second.gateway;
  expect(pool.view(Date.now())[0]?.state).toMatchObject({ kind: "broken", reason: "billing" });
  expect(pool.pick(Date.now())).toEqual([]);
  const other = openSqliteStore({ path: `${directory.path}/router.sqlite` });
  await other.accountStates.put({ account: "a", model: null, state: READY, changedAtMs: Date.now() });
  await until(() => pool.pick(Date.now()).length === 1);
  await other.close();
  await second.close();
});
