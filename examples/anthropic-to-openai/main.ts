import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";

import {
  createStreamTranslator,
  encodeError,
  estimateTokens,
  translateError,
  translateRequest,
  translateResponse,
  TranslationError,
} from "@link-assistant/translator";

const { OPENAI_URL = "https://api.openai.com", OPENAI_API_KEY = "", MODEL, PORT = "8080" } = process.env;
const from = "anthropic-messages";
const to = "openai-chat";

async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const ids = { answerId: randomUUID(), createdAt: Math.floor(Date.now() / 1000) };
    const options = { from, to, ...ids, ...(MODEL !== undefined && { model: MODEL }) } as const;
    const asked = await buffer(request);
    if (request.url?.startsWith("/v1/messages/count_tokens")) return send(200, estimateTokens(asked, options).body);
    const { text, context } = translateRequest(asked, options);
    const answer = await fetch(`${OPENAI_URL}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${OPENAI_API_KEY}` },
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
