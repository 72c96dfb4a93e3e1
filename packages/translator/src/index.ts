export { DIALECT_IDS } from "./dialect.ts";
export type { DialectId } from "./dialect.ts";
export { observeBuffered, observeStream } from "./observe.ts";
export type { StreamObserver } from "./observe.ts";
export type { Answer, AnswerError, Observation } from "./observation.ts";
export type { SseFrame } from "./sse/frame.ts";
export { SseReader } from "./sse/parse.ts";
export type { SseFailure, SseOptions } from "./sse/parse.ts";
export { DONE_FRAME, writeComment, writeFrame } from "./sse/write.ts";
