import type { JsonObject } from "../../json.ts";

/*
 * Tools that a client runs and whose schema Anthropic's models know by their type. For other models it has to be said. Pages on the
 * bash, text editor and memory tools of Anthropic's documentation, and types of `@anthropic-ai/sdk` 1.12.0; read on 2026-11-25.
 */

/** What a type of tool stands for. */
export interface ClientTool {
  readonly description: string;
  readonly parameters: JsonObject;
}

const text = (description: string): JsonObject => ({ type: "string", description });

const VIEW_RANGE: JsonObject = {
  type: "array",
  items: { type: "integer" },
  description:
    "For `view` of a file: the first and the last line to show, counted from 1; -1 as the last one is the end of the file.",
};
const INSERT_LINE: JsonObject = {
  type: "integer",
  description: "For `insert`: the line after which the text is put; 0 is the beginning of the file.",
};
const FILE_TEXT = text("For `create`: the content of the file.");
const OLD_TEXT = text("For `str_replace`: the text to replace, which must be in the file exactly once.");

function oneOf(commands: readonly string[]): JsonObject {
  return { type: "string", enum: commands, description: "What to do." };
}

const BASH: ClientTool = {
  description: "Runs a command in a shell that stays open from call to call, and gives what it prints.",
  parameters: {
    type: "object",
    properties: {
      command: text("The command. It must be there unless the shell is restarted."),
      restart: { type: "boolean", description: "Whether to start the shell anew instead." },
    },
  },
};

/** Until April 2025 the editor could undo, and what to insert was called as what to replace with. */
function editor(isOld: boolean): ClientTool {
  const commands = ["view", "create", "str_replace", "insert", ...(isOld ? ["undo_edit"] : [])];
  return {
    description: "Views, creates and edits text files, and lists directories.",
    parameters: {
      type: "object",
      properties: {
        command: oneOf(commands),
        path: text("The path of the file or directory."),
        view_range: VIEW_RANGE,
        file_text: FILE_TEXT,
        old_str: OLD_TEXT,
        new_str: text(isOld ? "For `str_replace` and `insert`: the new text." : "For `str_replace`: the new text."),
        insert_line: INSERT_LINE,
        ...(!isOld && { insert_text: text("For `insert`: the text.") }),
      },
      required: ["command", "path"],
    },
  };
}

const MEMORY: ClientTool = {
  description: "Keeps notes from conversation to conversation as files below /memories. Look there before a task.",
  parameters: {
    type: "object",
    properties: {
      command: oneOf(["view", "create", "str_replace", "insert", "delete", "rename"]),
      path: text("The path of the file or directory; for `rename` see the two others."),
      view_range: VIEW_RANGE,
      file_text: FILE_TEXT,
      old_str: OLD_TEXT,
      new_str: text("For `str_replace`: the new text."),
      insert_line: INSERT_LINE,
      insert_text: text("For `insert`: the text."),
      old_path: text("For `rename`: the path as it is."),
      new_path: text("For `rename`: the path as it shall be."),
    },
    required: ["command"],
  },
};

const OLD_EDITOR = editor(true);
const EDITOR = editor(false);
const OLD_EDITORS: ReadonlySet<string> = new Set(["text_editor_20241022", "text_editor_20250124"]);

/** What a type of tool that the client runs stands for; undefined when it is no such type. */
export function clientTool(type: string): ClientTool | undefined {
  if (type.startsWith("bash_")) return BASH;
  if (type.startsWith("text_editor_")) return OLD_EDITORS.has(type) ? OLD_EDITOR : EDITOR;
  return type.startsWith("memory_") ? MEMORY : undefined;
}

/** Whether a type of tool is made of actions on a screen or in a browser, which no other models know. */
export function isScreenTool(type: string): boolean {
  return type.startsWith("computer_") || type.startsWith("browser_");
}
