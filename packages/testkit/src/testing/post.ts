import type { JsonObject } from "../simulator/json.ts";
import type { Simulator } from "../simulator/simulator.ts";

/** A call that every simulator of Anthropic accepts. */
export const HELLO: JsonObject = {
  model: "claude-opus-5-5",
  max_tokens: 1024,
  messages: [{ role: "user", content: "Hello" }],
};

/** The headers of a client of Anthropic that does everything right. */
export const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "application/json",
  "x-api-key": "sk-ant-test",
  "anthropic-version": "2023-06-01",
};

/** Posts a body, JSON unless it is a text already; by default a call that every simulator of the service accepts. */
export type Poster = (
  simulator: Simulator,
  body?: JsonObject | string,
  options?: {
    readonly path?: string;
    /** Laid over those of a client that does everything right; one that is empty is left out. */
    readonly headers?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  },
) => Promise<Response>;

/** A poster with its defaults. */
export function poster(
  usualPath: string,
  usualBody: JsonObject,
  usualHeaders: Readonly<Record<string, string>>,
): Poster {
  return async (simulator, body = usualBody, { path = usualPath, headers = {}, signal } = {}) =>
    fetch(simulator.url + path, {
      method: "POST",
      headers: Object.entries({ ...usualHeaders, ...headers }).filter(([, value]) => value !== ""),
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
}

/** Posts a message to a simulator of Anthropic. */
export const post: Poster = poster("/v1/messages", HELLO, HEADERS);

/** The events of a stream in which every event has its name, each as its parsed data. */
export function eventsOf(sse: string): JsonObject[] {
  const frames = sse.split("\n\n").filter((frame) => frame !== "");
  return frames.map((frame) => {
    const [, name, data = ""] = /^event: ([\w.]+)\ndata: (.*)$/.exec(frame) ?? [];
    const event: JsonObject = JSON.parse(data);
    if (event["type"] !== name) throw new Error(`the event ${name} says it is ${String(event["type"])}`);
    return event;
  });
}

/** Reads a body until it ends or breaks: what came, and whether it broke. */
export async function readAll(response: Response): Promise<{ text: string; broken: boolean }> {
  const chunks: Uint8Array[] = [];
  let broken = false;
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk);
  } catch {
    broken = true;
  }
  return { text: Buffer.concat(chunks).toString("utf8"), broken };
}
