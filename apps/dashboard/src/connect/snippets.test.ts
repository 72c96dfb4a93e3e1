import { execFileSync } from "node:child_process";

import { describe, expect, test } from "vitest";

import { CLIENTS } from "./snippets.ts";
import type { Snippet } from "./snippets.ts";

const CONNECTION = { url: "https://host.example/llm/", token: "la_sk_secret", model: "claude-sonnet-5-5" };

function snippetsOf(id: string, connection = CONNECTION): readonly Snippet[] {
  return CLIENTS.find((client) => client.id === id)?.snippets(connection) ?? [];
}

describe.each(CLIENTS)("$title", ({ id }) => {
  test("is told where the gateway is, which model, and the token", () => {
    const text = snippetsOf(id)
      .map((snippet) => snippet.text)
      .join("\n");
    expect(text).toContain("https://host.example/llm");
    expect(text).not.toContain("llm//");
    expect(text).toContain(CONNECTION.model);
    expect(text).toContain(CONNECTION.token);
  });
});

test("what a shell is given arrives there as it is, whatever it holds", () => {
  const odd = { ...CONNECTION, model: `it's $(echo "x") *` };
  const [curl] = snippetsOf("curl", odd);
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${curl?.text}`;
  const words = execFileSync("sh", ["-c", script]).toString().split("\0");
  expect(words).toContain("authorization: Bearer la_sk_secret");
  expect(words.map((each) => each.startsWith("{") && JSON.parse(each).model)).toContain(odd.model);
});

test("a configuration of opencode is JSON and keeps the token out of the file", () => {
  const [config] = snippetsOf("opencode");
  expect(JSON.parse(config?.text ?? "")).toMatchObject({
    model: "router/claude-sonnet-5-5",
    provider: { router: { options: { baseURL: "https://host.example/llm/v1", apiKey: "{env:ROUTER_TOKEN}" } } },
  });
});
