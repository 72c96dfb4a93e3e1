import { createParser } from "eventsource-parser";
import * as z from "zod/mini";

/** What has come of an answer so far. */
export interface Answer {
  readonly text: string;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly isWhole: boolean;
}

export const NO_ANSWER: Answer = { text: "", inputTokens: null, outputTokens: null, isWhole: false };

const usage = z.optional(z.object({ input_tokens: z.optional(z.number()), output_tokens: z.optional(z.number()) }));
const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message_start"), message: z.object({ usage }) }),
  z.object({ type: z.literal("content_block_delta"), delta: z.object({ text: z.optional(z.string()) }) }),
  z.object({ type: z.literal("message_delta"), usage }),
  z.object({ type: z.literal("message_stop") }),
  z.object({ type: z.literal("error"), error: z.object({ message: z.string() }) }),
]);
type StreamEvent = z.infer<typeof eventSchema>;

/**
 * Reads a stream of Anthropic Messages and tells what has come after each chunk. Throws an `Error` with the words of an error event, and
 * when the stream breaks off.
 */
export async function readAnswer(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  tell: (answer: Answer) => void,
): Promise<void> {
  let answer = NO_ANSWER;
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = eventSchema.safeParse(JSON.parse(data));
      if (event.success) answer = after(answer, event.data);
    },
  });
  for (const reader = body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) break;
    parser.feed(value);
    tell(answer);
  }
  if (!answer.isWhole) throw new Error("The answer broke off.");
}

function after(answer: Answer, event: StreamEvent): Answer {
  switch (event.type) {
    case "message_start":
      return withUsage(answer, event.message.usage);
    case "content_block_delta":
      return { ...answer, text: answer.text + (event.delta.text ?? "") };
    case "message_delta":
      return withUsage(answer, event.usage);
    case "message_stop":
      return { ...answer, isWhole: true };
    default:
      throw new Error(event.error.message);
  }
}

function withUsage(answer: Answer, reported: z.infer<typeof usage>): Answer {
  return {
    ...answer,
    inputTokens: reported?.input_tokens ?? answer.inputTokens,
    outputTokens: reported?.output_tokens ?? answer.outputTokens,
  };
}
