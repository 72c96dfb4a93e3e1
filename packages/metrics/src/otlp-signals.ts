export { settledWithin } from "./deadline.ts";
export { choice, EnvironmentError, firstSetting, milliseconds, type Environment } from "./environment.ts";
export { exportErrorTeller } from "./export-errors.ts";
export { isSdkDisabled, otlpTarget, type OtlpSignal, type OtlpTarget, type TlsFiles } from "./otlp-settings.ts";
