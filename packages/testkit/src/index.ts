export * from "./recordings.ts";
export { startDemo, demoScript, DEMO_MODELS, type DemoOptions } from "./demo.ts";
export {
  brokenTurn,
  cutTurn,
  errorTurn,
  overloadedTurn,
  rateLimitTurn,
  textTurn,
  thinkingTurn,
  toolTurn,
  type MessageOptions,
} from "./simulator/build-turn.ts";
export type { JsonObject } from "./simulator/json.ts";
export type { Leak } from "./simulator/leak.ts";
export { KNOWN_MODELS, type SimModel } from "./simulator/model.ts";
export type { SimRequest } from "./simulator/request.ts";
export { signThinking } from "./simulator/signature.ts";
export type { Billed, Script, Simulator, SimulatorOptions } from "./simulator/simulator.ts";
export { startSimulator } from "./simulator/start-simulator.ts";
export type * from "./simulator/turn.ts";
