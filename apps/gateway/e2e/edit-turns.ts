import { textTurn, toolTurn } from "@link-assistant/testkit";
import type { MessageTurn, Script, SimRequest, Turn } from "@link-assistant/testkit";

/** What is replaced in the file, by what. */
export const EDIT = { from: "one simulated line", to: "one line that was edited" } as const;

/** The last words of the simulated model. */
export const DONE = "The file is edited.";

/** What the user asks for; the simulated model takes the file's path from here. */
export function editPrompt(path: string): string {
  return `In the file "${path}" replace "${EDIT.from}" by "${EDIT.to}".`;
}

/**
 * Plays a model that reads the file it is told of, edits it and says so.
 * @param disturbedCall the call that goes another way, counted from 1; default: none does.
 */
export function editScript(disturbedCall = 0, disturb: (turn: MessageTurn) => Turn = (turn) => turn): Script {
  let calls = 0;
  return (request) => {
    calls += 1;
    const turn = editTurn(request);
    return calls === disturbedCall ? disturb(turn) : turn;
  };
}

/** The next turn, by what the conversation holds: a client that has to ask again gets the same one again. */
function editTurn({ rawBody }: SimRequest): MessageTurn {
  // Looked at as text: what the user wrote may stand in any of the messages, among a client's own words.
  const conversation = rawBody.toString("utf8");
  const file_path = /In the file \\"([^"\\]+)\\"/.exec(conversation)?.[1];
  if (file_path === undefined) throw new Error("the conversation names no file");
  const toolResults = conversation.split('"type":"tool_result"').length - 1;
  if (toolResults === 0) return readTurn(file_path);
  if (toolResults > 1) return textTurn(DONE);
  return toolTurn("Edit", { file_path, old_string: EDIT.from, new_string: EDIT.to }, { text: "Now I edit it." });
}

/** With a thought, whose signature the simulator wants to see again. */
function readTurn(file_path: string): MessageTurn {
  return {
    blocks: [
      { type: "thinking", thinking: "The file has to be read first." },
      { type: "text", text: "I read the file." },
      { type: "tool_use", name: "Read", input: { file_path } },
    ],
  };
}
