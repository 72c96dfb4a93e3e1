import type { NeutralRequest, Tool } from "../neutral/request.ts";
import { shortHash } from "../sha256.ts";

/** A tool as the client knows it. */
export interface ToolName {
  readonly name: string;
  readonly namespace?: string;
  readonly kind: "function" | "custom";
}

const HASH_LENGTH = 8;
const ILLEGAL = /[^a-zA-Z0-9_-]/g;

/**
 * The tools of one request by the names that go over the wire to the upstream. A name that the upstream would refuse, for its letters
 * or its length, is changed in a way that depends on nothing but the name and the names before it, so that it stays the same from turn
 * to turn; a tool of a name space has that before its own name. No two tools share a name.
 */
export class ToolNames {
  readonly #maxLength: number;
  readonly #wireByTool = new Map<string, string>();
  readonly #toolByWire = new Map<string, ToolName>();
  #changed = false;

  constructor(request: NeutralRequest, maxLength: number) {
    this.#maxLength = maxLength;
    // Tools without a name space first: on equal names they win.
    for (const tool of request.tools) if (isNamed(tool) && tool.namespace === undefined) this.#add(nameOf(tool));
    for (const tool of request.tools) if (isNamed(tool) && tool.namespace !== undefined) this.#add(nameOf(tool));
    for (const { parts } of request.turns)
      for (const part of parts) if (part.type === "tool_call") this.#add(nameOf({ ...part, type: part.kind }));
  }

  /** Whether some tool may be another one on the wire than the client's: in its name, or a function in place of plain text. */
  get changed(): boolean {
    return this.#changed;
  }

  /** The name on the wire of a tool of the client's. */
  toWire(name: string, namespace?: string): string {
    return this.#wireByTool.get(keyOf(name, namespace)) ?? this.#wireByTool.get(keyOf(name)) ?? name;
  }

  /** The tool of the client's behind a name on the wire; one of which nothing is known is a function of that name. */
  fromWire(wire: string): ToolName {
    return this.#toolByWire.get(wire) ?? { name: wire, kind: "function" };
  }

  #add(tool: ToolName): void {
    const key = keyOf(tool.name, tool.namespace);
    if (this.#wireByTool.has(key)) return;
    const wire = this.#free(tool.namespace === undefined ? tool.name : `${tool.namespace}__${tool.name}`);
    this.#wireByTool.set(key, wire);
    this.#toolByWire.set(wire, tool);
    this.#changed ||= wire !== tool.name || tool.kind === "custom";
  }

  #free(full: string): string {
    const legal = full.replaceAll(ILLEGAL, "_");
    if (legal === full && full !== "" && full.length <= this.#maxLength && !this.#toolByWire.has(full)) return full;
    for (let salt = ""; ; salt += "+") {
      const hashed = `${legal.slice(0, this.#maxLength - HASH_LENGTH - 1)}_${shortHash(full + salt, HASH_LENGTH)}`;
      if (!this.#toolByWire.has(hashed)) return hashed;
    }
  }
}

function isNamed(tool: Tool): tool is Exclude<Tool, { type: "hosted" }> {
  return tool.type !== "hosted";
}

function nameOf({
  name,
  namespace,
  type,
}: {
  name: string;
  namespace?: string;
  type: "function" | "custom";
}): ToolName {
  return { name, kind: type, ...(namespace !== undefined && { namespace }) };
}

/** Unlike for any two tools: the length tells where the name space ends. */
function keyOf(name: string, namespace?: string): string {
  return namespace === undefined ? name : `\n${namespace.length}\n${namespace}${name}`;
}
