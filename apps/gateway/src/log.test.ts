import { expect, test } from "vitest";

import { createLog } from "./log.ts";

function logged(verbose: boolean, write: (log: ReturnType<typeof createLog>) => void): unknown[] {
  const lines: string[] = [];
  write(createLog(verbose, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

test("lines are JSON with a time and without the machine's name", () => {
  const [line] = logged(false, (log) => log.info({ a: 1 }, "said"));
  expect(line).toEqual({ level: 30, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), a: 1, msg: "said" });
});

test("details are written when asked for", () => {
  const write = (log: ReturnType<typeof createLog>): void => log.debug("detail");
  expect(logged(false, write)).toEqual([]);
  expect(logged(true, write)).toMatchObject([{ msg: "detail" }]);
});

test.each(["authorization", "x-api-key", "cookie", "token", "key", "secret", "adminKey", "tokenSecret"])(
  "the field %s is never shown",
  (field) => {
    const lines = logged(true, (log) => {
      log.info({ [field]: "sk-hidden" });
      log.info({ headers: { [field]: "sk-hidden" } });
      log.info({ request: { headers: { [field]: ["sk-hidden"] } } });
    });
    expect(JSON.stringify(lines)).not.toContain("sk-hidden");
    expect(lines).toMatchObject([{ [field]: "[secret]" }, {}, {}]);
  },
);

test.each([
  [
    "a router token la_sk_eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.abc_-d, said somebody",
    "a router token [secret], said somebody",
  ],
  ["sk-ant-api03-abcdefghijklmnop is no key", "[secret] is no key"],
  ["key sk-proj-ABCDEFGHIJKLMNOP1234.", "key [secret]."],
  ["authorization: Bearer abcdefgh.12345", "authorization: Bearer [secret]"],
  ["postgres://router:pass-word@db:5432/router is down", "postgres://[secret]@db:5432/router is down"],
  ["redis://:pass@redis/0", "redis://[secret]@redis/0"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[secret]"],
  ["AIzaSyA1234567890abcdefghij", "[secret]"],
  [
    "the task-of-the-day and risk-assessment-for-everybody stay",
    "the task-of-the-day and risk-assessment-for-everybody stay",
  ],
  ["req_0af76519-16cd-43dd-8448-eb211c80319c", "req_0af76519-16cd-43dd-8448-eb211c80319c"],
])("what looks like a secret is not shown, wherever it stands: %s", (said, shown) => {
  const lines = logged(false, (log) => {
    log.info(said);
    log.error({ err: new Error(said), nested: { list: [said] } }, "failed");
  });
  expect(lines[0]).toMatchObject({ msg: shown });
  expect(lines[1]).toMatchObject({ err: { message: shown }, nested: { list: [shown] } });
  expect(JSON.stringify(lines).includes(said)).toBe(said === shown);
});
