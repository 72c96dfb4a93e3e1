import { serve } from "../simulator/serve.ts";
import type { CommonOptions, Simulator } from "../simulator/simulator.ts";
import type { ReasoningMember } from "./chat/completion.ts";
import type { OpenAiModel } from "./model.ts";
import { createOpenAiService } from "./openai-service.ts";

/** A dialect of OpenAI's. */
export type OpenAiDialect = "openai-chat" | "openai-responses";

/** How a simulator of an OpenAI-compatible service is set up. Credentials come as bearer tokens. */
export interface OpenAiSimulatorOptions extends CommonOptions {
  /**
   * The models that are known; a name that is in `KNOWN_OPENAI_MODELS` stands for that one, any other takes everything. Default:
   * `KNOWN_OPENAI_MODELS`.
   */
  readonly models?: readonly (OpenAiModel | string)[];
  /** The dialects that are served; the paths of the others are not found. Default: both. */
  readonly dialects?: readonly OpenAiDialect[];
  /** The member that holds thinking in Chat; `none`: it is not shown, as at OpenAI. Default `reasoning_content`. */
  readonly reasoning?: ReasoningMember;
}

/** Starts a simulated OpenAI-compatible service on 127.0.0.1; rejects when the port is taken. */
export async function startOpenAiSimulator(options: OpenAiSimulatorOptions = {}): Promise<Simulator> {
  return serve(createOpenAiService(options), options);
}
