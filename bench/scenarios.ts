import { jsonAnswer, streamByEvent, streamInOnePiece } from "./answers.ts";
import type { Answer } from "./answers.ts";

/** One kind of exchange to measure. */
export interface Scenario {
  /** Its name; the upstream knows it again by the model. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly answer: Answer;
  /** Requests of one round. */
  readonly requests: number;
}

/** The exchange that takes least. */
export const JSON_SCENARIO: Scenario = { name: "json", title: "JSON of 2 KB", answer: jsonAnswer(), requests: 500 };

/** What is measured, in this order. */
export const SCENARIOS: readonly Scenario[] = [
  JSON_SCENARIO,
  { name: "sse200", title: "200 events in one write", answer: streamInOnePiece(200), requests: 400 },
  { name: "sse200-split", title: "200 events, one a write", answer: streamByEvent(200, 0), requests: 40 },
];

/** A stream of about 4.4 seconds, for the measure of many that are open at once. */
export const SLOW_STREAM: Scenario = {
  name: "slow",
  title: "30 events, one each 150 ms",
  answer: streamByEvent(30, 150),
  requests: 1,
};

/** The same, but the upstream breaks off behind its first event. */
export const CUT_STREAM: Scenario = { ...SLOW_STREAM, name: "cut", title: "a stream that breaks off" };

const PROMPT = "Tell me, in a few plain sentences, how a letter finds its way. ".repeat(12);

/** The request body of a scenario, of about 1 KB. */
export function requestBody({ name, answer }: Scenario): Buffer {
  return Buffer.from(
    JSON.stringify({
      model: name,
      max_tokens: 1024,
      stream: answer.contentType === "text/event-stream",
      system: "You answer in plain sentences.",
      messages: [{ role: "user", content: PROMPT }],
    }),
  );
}
