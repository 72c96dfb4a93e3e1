import { textTurn } from "@link-assistant/testkit";
import type { Block, MessageTurn, Script, SimRequest, Turn } from "@link-assistant/testkit";

import type { Tools } from "./client.ts";

/** What is replaced in the file, by what. */
export const EDIT = { from: "one simulated line", to: "one line that was edited" } as const;

/** The last words of the simulated model. */
export const DONE = "The file is edited.";

/** What the simulated model thinks before its first turns. */
export const THOUGHTS = ["The file has to be read first.", "Now that it is read, one line is to be replaced."] as const;

/** A command, and what it prints: nobody can say it without running the command. */
export const SUM = { command: "echo the-sum-is-$((40+2))", printed: "the-sum-is-42" } as const;

/** What the user asks for; the simulated model takes the file's path from here. */
export function editPrompt(path: string): string {
  return `In the file "${path}" replace "${EDIT.from}" by "${EDIT.to}".`;
}

/** The turns of a model that has nothing to fear, in order. */
export type Plan = (tools: Tools, path: string) => readonly MessageTurn[];

/** Reads the file, edits it and says so. */
export const editPlan: Plan = (tools, path) => [
  turn(thinking(THOUGHTS[0]), text("I read the file."), tools.look(path)),
  turn(text("Now I edit it."), tools.edit(path, EDIT.from, EDIT.to)),
  textTurn(DONE),
];

/** Reads the file and runs a command at once, before it edits the file. */
export const parallelPlan: Plan = (tools, path) => [
  turn(text("I do two things."), tools.look(path), tools.shell(SUM.command)),
  turn(tools.edit(path, EDIT.from, EDIT.to)),
  textTurn(DONE),
];

/** Thinks before each of its calls. */
export const thinkingPlan: Plan = (tools, path) => [
  turn(thinking(THOUGHTS[0]), text("I read the file."), tools.look(path)),
  turn(thinking(THOUGHTS[1]), tools.edit(path, EDIT.from, EDIT.to)),
  textTurn(DONE),
];

/** What disturbs one call, counted from 1. */
export interface Disturbance {
  readonly call: number;
  readonly by: (turn: MessageTurn) => Turn;
}

/** Plays a plan. A client that has to ask again gets the same turn again. */
export function scriptOf(plan: Plan, tools: Tools, disturbance?: Disturbance): Script {
  let calls = 0;
  return (request) => {
    calls += 1;
    const next = nextTurn(plan, tools, request);
    return calls === disturbance?.call ? disturbance.by(next) : next;
  };
}

/** The ends of calls, in any dialect. */
const TOOL_RESULT = /"type":"(?:tool_result|function_call_output|custom_tool_call_output)"|"role":"tool"/g;

/** The next turn, by how many calls of the plan have been made. */
function nextTurn(plan: Plan, tools: Tools, { rawBody }: SimRequest): MessageTurn {
  // Looked at as text: what the user wrote may stand in any of the messages, among a client's own words.
  const conversation = rawBody.toString("utf8");
  const path = /In the file \\"([^"\\]+)\\"/.exec(conversation)?.[1];
  if (path === undefined) throw new Error("the conversation names no file");
  let results = conversation.match(TOOL_RESULT)?.length ?? 0;
  for (const next of plan(tools, path)) {
    if (results === 0) return { blocks: next.blocks.map((block) => asDeclared(block, conversation)) };
    results -= next.blocks.filter(({ type }) => type === "tool_use").length;
  }
  throw new Error("the conversation holds other calls than the plan");
}

/** A tool that the client has in a namespace may be declared under a longer name. */
function asDeclared(block: Block, conversation: string): Block {
  if (block.type !== "tool_use" || conversation.includes(`"name":"${block.name}"`)) return block;
  const longer = new RegExp(`"name":"(\\w+_${block.name})"`).exec(conversation)?.[1];
  if (longer === undefined) throw new Error(`the tool ${block.name} is not declared`);
  return { ...block, name: longer };
}

function turn(...blocks: readonly Block[]): MessageTurn {
  return { blocks };
}

function text(words: string): Block {
  return { type: "text", text: words };
}

function thinking(thought: string): Block {
  return { type: "thinking", thinking: thought };
}
