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
