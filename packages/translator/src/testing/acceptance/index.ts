import type { DialectId } from "../../dialect.ts";
import type { JsonObject } from "../../json.ts";
import { messageStreamComplaints, wholeMessageComplaints } from "./anthropic-grammar.ts";
import { acceptMessage, acceptMessageStream } from "./anthropic.ts";
import { chatStreamComplaints, wholeChatComplaints } from "./chat-grammar.ts";
import { acceptChat, acceptChatStream } from "./chat.ts";
import { responseStreamComplaints, wholeResponseComplaints } from "./responses-grammar.ts";
import { acceptResponse, acceptResponseStream } from "./responses.ts";

/** How the clients of a dialect take an answer. */
export interface Acceptance {
  /** The answer as the real SDK puts it together from a stream; it throws what the SDK throws. */
  readonly stream: (sse: string) => Promise<JsonObject>;
  /** The answer as the real SDK takes it whole; it throws what the SDK throws. */
  readonly whole: (body: JsonObject, status?: number) => Promise<JsonObject>;
  /** How a stream departs from the dialect's grammar. */
  readonly streamComplaints: (sse: string, includeUsage: boolean) => readonly string[];
  readonly wholeComplaints: (body: JsonObject) => readonly string[];
}

/** How the clients of each dialect take an answer. */
export const ACCEPTANCE: Readonly<Record<DialectId, Acceptance>> = {
  "anthropic-messages": {
    stream: acceptMessageStream,
    whole: acceptMessage,
    streamComplaints: messageStreamComplaints,
    wholeComplaints: wholeMessageComplaints,
  },
  "openai-chat": {
    stream: acceptChatStream,
    whole: acceptChat,
    streamComplaints: chatStreamComplaints,
    wholeComplaints: wholeChatComplaints,
  },
  "openai-responses": {
    stream: acceptResponseStream,
    whole: acceptResponse,
    streamComplaints: responseStreamComplaints,
    wholeComplaints: wholeResponseComplaints,
  },
};
