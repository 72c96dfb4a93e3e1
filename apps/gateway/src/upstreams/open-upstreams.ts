import type { Config, UpstreamKind } from "@link-assistant/core";
import type { DialectId } from "@link-assistant/translator";

import { openAnthropicUpstream } from "./anthropic.ts";
import { openOpenaiUpstream } from "./openai.ts";
import type { Upstream, UpstreamOptions, UpstreamTraits } from "./upstream.ts";

/** What services of a kind have in common. */
interface KindRow {
  readonly open: (options: UpstreamOptions, traits: UpstreamTraits) => Upstream;
  readonly dialects: readonly DialectId[];
  readonly quirks: string;
  readonly models: readonly string[];
}

/** Every kind of upstream. */
const KINDS: Readonly<Record<UpstreamKind, KindRow>> = {
  anthropic: {
    open: openAnthropicUpstream,
    dialects: ["anthropic-messages"],
    quirks: "anthropic",
    models: ["claude*", "*/claude*", "anthropic*"],
  },
  openai: {
    open: openOpenaiUpstream,
    dialects: ["openai-responses", "openai-chat"],
    quirks: "openai",
    models: ["gpt-*", "o1*", "o3*", "o4*", "codex*", "chatgpt-*", "computer-use*", "ft:*"],
  },
  "openai-compatible": { open: openOpenaiUpstream, dialects: ["openai-chat"], quirks: "compatible", models: ["*"] },
};

/** The upstreams that an account belongs to, by name, in the order of their first accounts. */
export function openUpstreams({ accounts, upstreams }: Config): ReadonlyMap<string, Upstream> {
  const opened = new Map<string, Upstream>();
  for (const { upstream: name } of accounts) if (!opened.has(name)) opened.set(name, open(name, upstreams));
  return opened;
}

/** Opens one upstream of the configuration; one that is not there is a `TypeError`. */
export function open(name: string, upstreams: Config["upstreams"]): Upstream {
  const service = serviceOf(name, upstreams);
  const row = KINDS[service.kind];
  const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs } = upstreams;
  return row.open(
    { name, baseUrl: service.baseUrl, connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs },
    {
      dialects: service.dialects ?? row.dialects,
      quirks: service.quirks ?? row.quirks,
      models: service.models ?? row.models,
      closed: service.models !== undefined,
      ...(service.maxOutputTokens !== undefined && { capability: { maxOutputTokens: service.maxOutputTokens } }),
    },
  );
}

type Service = Config["upstreams"]["services"][string];

function serviceOf(name: string, { anthropic, openai, services }: Config["upstreams"]): Service {
  if (name === "anthropic") return { kind: "anthropic", ...anthropic };
  if (name === "openai") return { kind: "openai", ...openai };
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  if (service === undefined) throw new TypeError(`there is no upstream named ${name}`);
  return service;
}

/** The kind of an upstream of the configuration. */
export function kindOf(name: string, upstreams: Config["upstreams"]): UpstreamKind {
  return serviceOf(name, upstreams).kind;
}
