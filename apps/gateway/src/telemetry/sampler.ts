import { EnvironmentError, choice, firstSetting } from "@link-assistant/metrics/otlp";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import type { Sampler } from "@opentelemetry/sdk-trace";

import type { Environment } from "../config/environment.ts";

const RATIO = "OTEL_TRACES_SAMPLER_ARG";

const SAMPLERS: Readonly<Record<string, (env: Environment) => Sampler>> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (env) => new TraceIdRatioBasedSampler(ratioOf(env)),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (env) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratioOf(env)) }),
};

/**
 * Which exchanges are traced, as `OTEL_TRACES_SAMPLER` and its `_ARG` say: by default those whose caller traces them, and those whose
 * caller says nothing. Throws an `EnvironmentError`.
 */
export function samplerFrom(env: Environment): Sampler {
  const make = choice(env, SAMPLERS, "OTEL_TRACES_SAMPLER") ?? SAMPLERS["parentbased_always_on"];
  if (make === undefined) throw new TypeError("there is no default sampler");
  return make(env);
}

function ratioOf(env: Environment): number {
  const setting = firstSetting(env, RATIO);
  const ratio = setting === undefined ? 1 : Number(setting.value);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new EnvironmentError(RATIO, "a number from 0 to 1");
}
