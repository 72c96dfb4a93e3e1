import type { TranslationContext } from "../context.ts";
import type { EventSink, StreamEvent } from "../neutral/event.ts";
import type { Finish, NeutralResponse } from "../neutral/response.ts";
import type { Part, ToolCallPart } from "../neutral/part.ts";
import { unwrapCustom } from "./custom.ts";

/*
 * On the way back tools get the names that the client knows them by, plain text tools their text, and the tool that stood in for a
 * JSON schema becomes the text that the client asked for.
 */

type Context = Pick<TranslationContext, "toolNames" | "jsonTool">;

/** Whether anything has to be restored in the answers of this context; where not, `restoreEvents` is not needed. */
export function restores({ toolNames, jsonTool }: Context): boolean {
  return jsonTool !== undefined || toolNames.changed;
}

/** A whole answer with the client's own tools. */
export function restoreResponse(response: NeutralResponse, context: Context): NeutralResponse {
  if (!restores(context)) return response;
  const parts = response.parts.map((part) => restorePart(part, context));
  const hasCalls = parts.some(({ type }) => type === "tool_call");
  return { ...response, parts, finish: restoreFinish(response.finish, context, hasCalls) };
}

function restorePart(part: Part, context: Context): Part {
  if (part.type !== "tool_call") return part;
  if (part.name === context.jsonTool) return { type: "text", text: part.arguments };
  const tool = context.toolNames.fromWire(part.name);
  const unwraps = tool.kind === "custom" && part.kind === "function";
  return { ...part, ...tool, arguments: unwraps ? unwrapCustom(part.arguments) : part.arguments };
}

/** An answer by the stand-in is no call that waits for its result. */
function restoreFinish(finish: Finish, { jsonTool }: Context, hasCalls: boolean): Finish {
  return jsonTool !== undefined && finish.kind === "tool_use" && !hasCalls ? { ...finish, kind: "end" } : finish;
}

/** Passes the events of a streamed answer on with the client's own tools. */
export function restoreEvents(context: Context, sink: EventSink): EventSink {
  /** Calls whose text is complete only at their close. */
  const wrapped = new Map<number, string>();
  let hasCalls = false;
  return (event) => {
    if (event.type === "open" && event.part.type === "tool_call") {
      const { arguments: _none, ...restored } = restoreOpened({ ...event.part, arguments: "" }, context);
      hasCalls ||= restored.type === "tool_call";
      if (restored.type === "tool_call" && restored.kind !== event.part.kind) wrapped.set(event.n, "");
      sink({ ...event, part: restored });
    } else if (event.type === "finish") sink({ ...event, finish: restoreFinish(event.finish, context, hasCalls) });
    else if (!("n" in event) || !wrapped.has(event.n)) sink(event);
    else collect(event, wrapped, sink);
  };
}

function restoreOpened(call: ToolCallPart, context: Context): ToolCallPart | { type: "text"; arguments: string } {
  const part = restorePart(call, context);
  return part.type === "tool_call" ? part : { type: "text", arguments: "" };
}

function collect(event: Extract<StreamEvent, { n: number }>, wrapped: Map<number, string>, sink: EventSink): void {
  const { n } = event;
  if (event.type === "delta") wrapped.set(n, (wrapped.get(n) ?? "") + event.text);
  if (event.type !== "close") return;
  const text = unwrapCustom(wrapped.get(n) ?? "");
  wrapped.delete(n);
  if (text !== "") sink({ type: "delta", n, text });
  sink(event);
}
