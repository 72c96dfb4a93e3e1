import { serve } from "../simulator/serve.ts";
import type { CommonOptions, Simulator } from "../simulator/simulator.ts";
import { createAnthropicService } from "./anthropic-service.ts";
import type { SimModel } from "./model.ts";

/** How a simulator of the Anthropic API is set up. Credentials may come as `x-api-key` or as bearer token. */
export interface SimulatorOptions extends CommonOptions {
  /** The models that are known; a name that is in `KNOWN_MODELS` stands for that one, any other takes everything. Default: `KNOWN_MODELS`. */
  readonly models?: readonly (SimModel | string)[];
}

/** Starts a simulated Anthropic API on 127.0.0.1; rejects when the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  return serve(createAnthropicService(options), options);
}
