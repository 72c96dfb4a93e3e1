import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import {
  createStreamTranslator,
  encodeError,
  translateError,
  translateRequest,
  translateResponse,
  TranslationError,
} from "@link-assistant/translator";

const { ANTHROPIC_URL = "https://api.anthropic.com", ANTHROPIC_API_KEY = "", MODEL, PORT = "8080" } = process.env;
const to = "anthropic-messages";

async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const from = request.url === "/v1/responses" ? "openai-responses" : "openai-chat";
  const send = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const ids = { answerId: randomUUID(), createdAt: Math.floor(Date.now() / 1000) };
    const named = MODEL === undefined ? {} : { model: MODEL };
    const { text, context } = translateRequest(await buffer(request), { from, to, ...ids, ...named });
    const answer = await fetch(`${ANTHROPIC_URL}/v1/messages`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-api-key": ANTHROPIC_API_KEY,
        "anthropic-version": "2023-06-01",
      },
      body: text,
      signal: gone.signal,
    });
    if (answer.status >= 400) {
      const { status, body } = translateError(
        { status: answer.status, body: await answer.text() },
        { from: to, to: from },
      );
      return send(status, body);
    }
    if (!context.request.stream) return send(200, translateResponse(await answer.text(), context).body);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const stream = createStreamTranslator(context);
    try {
      for await (const chunk of answer.body ?? []) response.write(stream.push(chunk));
      response.end(stream.end());
    } catch {
      response.end(stream.fail({ kind: "bad_gateway", message: "The upstream broke off." }));
    }
  } catch (error) {
    const known = error instanceof TranslationError ? error : { kind: "bad_gateway" as const, message: String(error) };
    const { status, body } = encodeError(from, known);
    send(status, body);
  }
}

const server = createServer((request, response) => void answerTo(request, response));
server.listen(Number(PORT), "127.0.0.1", () => console.log("listens on", server.address()));
