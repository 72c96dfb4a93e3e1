import { isObject, textOf, type JsonObject } from "../simulator/json.ts";

/** One tool that a request declares, also one inside of a namespace. */
export interface DeclaredTool {
  /** Its place in the body, such as `tools[0].tools[1]`. */
  readonly at: string;
  /** Its `type`. */
  readonly kind: string;
  readonly tool: JsonObject;
  /** Where its name and its schema stand: the tool itself, in Chat the member named after its kind. */
  readonly definition: JsonObject;
  readonly definitionAt: string;
  readonly name: string;
  /** The namespace it stands in; absent when it stands in none. */
  readonly namespace?: string;
}

/** The tools of a request in Chat. */
export function chatTools(body: JsonObject): DeclaredTool[] {
  return placed(body["tools"], "tools").map(({ at, value: tool }) => {
    const kind = textOf(tool["type"]);
    const definition = isObject(tool[kind]) ? tool[kind] : {};
    return { at, kind, tool, definition, definitionAt: `${at}.${kind}`, name: textOf(definition["name"]) };
  });
}

/** The tools of a request to Responses: those of the body, and those that items of the input add. */
export function responseTools(body: JsonObject): DeclaredTool[] {
  const added = placed(body["input"], "input").filter(({ value }) => value["type"] === "additional_tools");
  return [
    ...toolsIn(body["tools"], "tools"),
    ...added.flatMap(({ at, value }) => toolsIn(value["tools"], `${at}.tools`)),
  ];
}

/** The objects of a list with their places, such as `tools[0]`. */
export function placed(list: unknown, at: string): { readonly at: string; readonly value: JsonObject }[] {
  const members: readonly unknown[] = Array.isArray(list) ? list : [];
  return members.map((value, index) => ({ at: `${at}[${index}]`, value: isObject(value) ? value : {} }));
}

/** The tool of a name: in a namespace when one is given, else wherever it stands. */
export function findTool(
  tools: readonly DeclaredTool[],
  name: string,
  namespace: string | undefined,
): DeclaredTool | undefined {
  const callable = tools.filter(({ kind }) => kind === "function" || kind === "custom");
  return callable.find((tool) => tool.name === name && (namespace === undefined || tool.namespace === namespace));
}

function toolsIn(list: unknown, place: string, namespace?: string): DeclaredTool[] {
  return placed(list, place).flatMap(({ at, value: tool }) => {
    const kind = textOf(tool["type"]);
    const name = textOf(tool["name"]);
    const declared: DeclaredTool = {
      at,
      kind,
      tool,
      definition: tool,
      definitionAt: at,
      name,
      ...(namespace !== undefined && { namespace }),
    };
    return kind === "namespace" ? [declared, ...toolsIn(tool["tools"], `${at}.tools`, name)] : [declared];
  });
}
