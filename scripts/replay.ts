import { listRecordings } from "@link-assistant/testkit";

import { MESSAGE, post, startHarness } from "../apps/gateway/src/testing/harness.ts";

/** Plays one recorded answer through a gateway: prints what a client gets, then what was read out of it on the way. */
const [wanted = ""] = process.argv.slice(2);
const found = listRecordings({ dialect: "anthropic-messages" }).filter((entry) => entry.id.includes(wanted));
const [entry] = found;

if (entry === undefined || found.length > 1) {
  process.stderr.write(
    `Name one recording; \`${wanted}\` is part of ${found.length}:\n${found.map(({ id }) => `${id}\n`).join("")}`,
  );
  process.exitCode = 2;
} else {
  await using harness = await startHarness({ script: () => ({ recording: entry.id }) });
  const response = await post(harness, { ...MESSAGE, stream: entry.stream });
  process.stdout.write(`${response.status}\n${await response.text()}\n`);
  const [row] = await harness.ledger(1);
  process.stderr.write(`${JSON.stringify(row, null, 2)}\n`);
}
