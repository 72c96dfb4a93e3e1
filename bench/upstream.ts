import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";

import { listen } from "./listen.ts";
import type { Answer } from "./answers.ts";
import { CUT_STREAM, SCENARIOS, SLOW_STREAM } from "./scenarios.ts";

// The service behind both relays: a process of its own that answers by the model of the request, up to a `#`, behind which names may differ.

const answers = new Map([...SCENARIOS, SLOW_STREAM, CUT_STREAM].map(({ name, answer }) => [name, answer]));

listen(
  createServer((req, res) => {
    void read(req).then((body) => {
      const { model }: { model: string } = JSON.parse(body);
      const [name = ""] = model.split("#");
      const answer = answers.get(name);
      if (answer === undefined) res.writeHead(404).end();
      else start(res, answer);
      if (name === CUT_STREAM.name) setTimeout(() => res.destroy(), CUT_STREAM.answer.pauseMs / 2);
    });
  }),
);

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function start(res: ServerResponse, answer: Answer): void {
  const { contentType, pieces } = answer;
  const length = contentType === "application/json" ? { "content-length": pieces[0]?.length ?? 0 } : {};
  res.writeHead(200, { "content-type": contentType, ...length });
  send(res, answer, 0);
}

function send(res: ServerResponse, answer: Answer, at: number): void {
  if (res.destroyed) return;
  const piece = answer.pieces[at];
  if (at === answer.pieces.length - 1) {
    res.end(piece);
    return;
  }
  res.write(piece);
  if (answer.pauseMs === 0) setImmediate(send, res, answer, at + 1);
  else setTimeout(send, answer.pauseMs, res, answer, at + 1);
}
