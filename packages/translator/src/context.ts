import type { Capability } from "./capability/capability.ts";
import type { DialectId } from "./dialect.ts";
import type { JsonObject } from "./json.ts";
import type { LossLog } from "./loss.ts";
import type { NeutralRequest } from "./neutral/request.ts";
import type { ToolNames } from "./tools/names.ts";

/** What a request leaves behind for its answer. The same for a buffered and a streamed one. */
export interface TranslationContext {
  /** The dialect of the client, in which the answer is written. */
  readonly client: DialectId;
  /** The dialect of the upstream, in which the answer comes. */
  readonly upstream: DialectId;
  /** The request as the client wrote it: the Responses API repeats much of it in its answer. */
  readonly body: JsonObject;
  readonly request: NeutralRequest;
  readonly capability: Capability;
  /** The tools' names on the upstream's wire and as the client knows them. */
  readonly toolNames: ToolNames;
  /** The name of the tool that stands in for a JSON schema, as the wire has it; absent: none does. */
  readonly jsonTool?: string;
  /** The model that the answer names. */
  readonly answerModel: string;
  /** What ids are made from where the upstream gave none: unique for this exchange, of `[a-zA-Z0-9_-]`. */
  readonly answerId: string;
  /** When the answer began, in Unix seconds. */
  readonly createdAt: number;
  /** Losses on the way back; it never refuses anything. */
  readonly losses: LossLog;
}

/** What an encoder of requests needs to know beside the request. */
export interface RequestScope {
  readonly capability: Capability;
  readonly toolNames: ToolNames;
  readonly losses: LossLog;
}
