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
export { KNOWN_MODELS, type SimModel } from "./anthropic-simulator/model.ts";
export type { SimRequest } from "./simulator/request.ts";
export { signThinking } from "./anthropic-simulator/signature.ts";
export type { Script } from "./simulator/script.ts";
export type { Billed, CommonOptions, Simulator } from "./simulator/simulator.ts";
export { startSimulator, type SimulatorOptions } from "./anthropic-simulator/start-simulator.ts";
export { contextLengthTurn } from "./openai-simulator/build-turn.ts";
export type { ReasoningMember } from "./openai-simulator/chat/completion.ts";
export { KNOWN_OPENAI_MODELS, type OpenAiModel } from "./openai-simulator/model.ts";
export { sealReasoning } from "./openai-simulator/reasoning-seal.ts";
export {
  startOpenAiSimulator,
  type OpenAiDialect,
  type OpenAiSimulatorOptions,
} from "./openai-simulator/start-openai-simulator.ts";
export type * from "./simulator/turn.ts";
