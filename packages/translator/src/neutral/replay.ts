import type { EventSink, OpenedPart } from "./event.ts";
import type { Part } from "./part.ts";
import type { NeutralResponse } from "./response.ts";

/** Gives a whole answer as the events of a stream, each part in one piece. */
export function replay({ id, model, parts, finish, usage, tier }: NeutralResponse, sink: EventSink): void {
  sink({ type: "start", usage, ...(id !== undefined && { id }), ...(model !== undefined && { model }) });
  let n = 0;
  for (const part of parts) {
    const opened = openedOf(part);
    if (opened === undefined) continue;
    sink({ type: "open", n, part: opened });
    replayPart(part, n, sink);
    sink({ type: "close", n: n++ });
  }
  sink({ type: "usage", usage, ...(tier !== undefined && { tier }) });
  sink({ type: "finish", finish });
  sink({ type: "end" });
}

function replayPart(part: Part, n: number, sink: EventSink): void {
  const delta = (text: string): void => {
    if (text !== "") sink({ type: "delta", n, text });
  };
  if (part.type === "text") {
    delta(part.text);
    for (const citation of part.citations ?? []) sink({ type: "citation", n, citation });
  } else if (part.type === "refusal") delta(part.text);
  else if (part.type === "tool_call") delta(part.arguments);
  else if (part.type === "reasoning") {
    for (const [index, text] of part.texts.entries()) {
      if (index > 0) sink({ type: "section", n });
      delta(text);
    }
    if (part.seal !== undefined) sink({ type: "seal", n, seal: part.seal });
  }
}

/** How a part begins; undefined for what no answer holds. */
function openedOf(part: Part): OpenedPart | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", ...(part.phase !== undefined && { phase: part.phase }) };
    case "refusal":
      return { type: "refusal" };
    case "reasoning":
      return { type: "reasoning", ...(part.full !== undefined && { full: part.full }) };
    case "tool_call": {
      const { type, id, name, namespace, kind } = part;
      return { type, id, name, kind, ...(namespace !== undefined && { namespace }) };
    }
    case "web_search":
    case "opaque":
      return part;
    default:
      return undefined;
  }
}
