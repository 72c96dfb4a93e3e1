import type { DialectId } from "../src/index.ts";

/** A streamed answer of one dialect, which says text and ends. */
export interface Stream {
  readonly dialect: DialectId;
  readonly start: string;
  readonly delta: (text: string) => string;
  readonly end: string;
}

/** One for each dialect. */
export const STREAMS: readonly Stream[] = [
  {
    dialect: "anthropic-messages",
    start: `event: message_start
data: {"type":"message_start","message":{"model":"claude-haiku-4-5","id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null,"usage":{"input_tokens":21,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

`,
    delta: (text) => `event: content_block_delta
data: ${JSON.stringify({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })}

`,
    end: `event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":200}}

event: message_stop
data: {"type":"message_stop"}

`,
  },
  {
    dialect: "openai-chat",
    start: `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1758519049,"model":"gpt-5","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}

`,
    delta: (
      content,
    ) => `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1758519049, model: "gpt-5", choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }], usage: null })}

`,
    end: `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1758519049,"model":"gpt-5","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1758519049,"model":"gpt-5","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":200,"total_tokens":221}}

data: [DONE]

`,
  },
  {
    dialect: "openai-responses",
    start: `event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","model":"gpt-5","output":[],"usage":null}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","content":[],"role":"assistant"}}

event: response.content_part.added
data: {"type":"response.content_part.added","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}}

`,
    delta: (delta) => `event: response.output_text.delta
data: ${JSON.stringify({ type: "response.output_text.delta", sequence_number: 7, item_id: "msg_1", output_index: 0, content_index: 0, delta, logprobs: [] })}

`,
    end: `event: response.output_item.done
data: {"type":"response.output_item.done","sequence_number":208,"output_index":0,"item":{"id":"msg_1","type":"message","status":"completed","content":[],"role":"assistant"}}

event: response.completed
data: {"type":"response.completed","sequence_number":209,"response":{"id":"resp_1","object":"response","status":"completed","model":"gpt-5","output":[],"usage":{"input_tokens":21,"output_tokens":200,"total_tokens":221}}}

`,
  },
];
