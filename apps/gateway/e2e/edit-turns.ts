import { thinkingTurn, textTurn, toolTurn } from "@link-assistant/testkit";
import type { JsonObject, MessageTurn, Script, SimRequest, Turn } from "@link-assistant/testkit";

/** What is replaced in the file, by what. */
export const EDIT = { from: "one simulated line", to: "one line that was edited" } as const;

/** The last words of the simulated model. */
export const DONE = "The file is edited.";

/** What the user asks for; the simulated model takes the file's path from here. */
export function editPrompt(path: string): string {
  return `In the file "${path}" replace "${EDIT.from}" by "${EDIT.to}".`;
}

/** Plays a model that reads the file it is told of, edits it and says so; call number `disturbedCall` goes another way. */
export function editScript(disturbedCall = 0, disturb: (turn: MessageTurn) => Turn = (turn) => turn): Script {
  let calls = 0;
  return (request) => {
    calls += 1;
    const turn = editTurn(request);
    return calls === disturbedCall ? disturb(turn) : turn;
  };
}

/** The next turn, by what the conversation already holds: a client that asks once more gets the same one again. */
function editTurn({ rawBody }: SimRequest): MessageTurn {
  const conversation = rawBody.toString("utf8");
  const file_path = /In the file \\"([^"\\]+)\\"/.exec(conversation)?.[1];
  if (file_path === undefined) throw new Error("the conversation names no file");
  const results = conversation.split('"type":"tool_result"').length - 1;
  if (results === 0) return afterThought(toolTurn("Read", { file_path }, { text: "I read the file." }));
  if (results === 1) return toolTurn("Edit", edit(file_path), { text: "Now I edit it." });
  return textTurn(DONE);
}

function edit(file_path: string): JsonObject {
  return { file_path, old_string: EDIT.from, new_string: EDIT.to };
}

/** A signed thought must come back as it was given. */
function afterThought(turn: MessageTurn): MessageTurn {
  return { ...turn, blocks: [...thinkingTurn("The file comes first.", "").blocks.slice(0, 1), ...turn.blocks] };
}
