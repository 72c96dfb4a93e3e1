import { globSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { ROOT, manifests } from "./manifests.ts";

/** Which packages of this workspace each may use when it runs. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "@link-assistant/core": [],
  "@link-assistant/translator": ["core"],
  "@link-assistant/metrics": ["core"],
  "@link-assistant/testkit": ["core"],
  "@link-assistant/gateway": ["core", "metrics", "testkit", "translator"],
  "@link-assistant/dashboard": ["core"],
};

/** Node's own modules that open sockets, files or processes, or read a clock. */
const OUTSIDE =
  /from "node:(fs|net|http|https|http2|tls|dgram|child_process|worker_threads|cluster|timers|perf_hooks|sqlite)/;

const textOf = (path: string): string => readFileSync(`${ROOT}/${path}`, "utf8");
const packages = manifests().filter(({ folder }) => !folder.startsWith("examples/"));

test("every package has its arrows written down", () => {
  expect(packages.map(({ name }) => name).toSorted()).toEqual(Object.keys(ARROWS).toSorted());
});

describe.each(packages)("$name", ({ name, folder, dependencies }) => {
  const allowed = (ARROWS[name] ?? []).map((short) => `@link-assistant/${short}`);
  const sources = globSync(`${folder}/src/**/*.{ts,tsx}`, { cwd: ROOT }).filter(
    (path) => !/\.test\.ts$|\/testing\//.test(path),
  );
  test("depends on nothing it may not use", () => {
    expect(allowed).toEqual(
      expect.arrayContaining(dependencies.filter((entry) => entry.startsWith("@link-assistant/"))),
    );
  });

  test("imports only packages that its manifest names", () => {
    const imported = sources.flatMap((path) =>
      [...textOf(path).matchAll(/from "(@link-assistant\/[a-z-]+)/g)].map((match) => match[1]),
    );
    expect(dependencies).toEqual(expect.arrayContaining([...new Set(imported)]));
  });

  test("imports h3 only where HTTP is served", () => {
    const importers = sources
      .filter((path) => /from "h3"/.test(textOf(path)))
      .map((path) => path.replace(`${folder}/src/`, ""));
    const served = name === "@link-assistant/gateway" ? ["app.ts", "node-event.ts", "own-routes.ts", "server.ts"] : [];
    expect(served).toEqual(expect.arrayContaining(importers));
  });
});

describe.each(["packages/core", "packages/translator"])("%s is pure", (folder) => {
  test("it opens nothing and reads no clock", () => {
    const impure = globSync(`${folder}/src/**/*.ts`, { cwd: ROOT })
      .filter((path) => !/\.test\.ts$|\/testing\//.test(path))
      .filter((path) => {
        const text = textOf(path);
        return OUTSIDE.test(text) || /\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b|\bfetch\(/.test(text);
      });
    expect(impure).toEqual([]);
  });
});
