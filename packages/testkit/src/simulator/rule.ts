import type { WireError } from "./turn.ts";

/** What a rule found fault with. */
export interface Found {
  /** The place in the body, or the one thing there is to say. */
  readonly at: string;
  /** What is wrong there, when the message names it. */
  readonly what: string;
}

/** One thing an API refuses. */
export interface Rule<Subject, Endpoint extends string> {
  readonly name: string;
  readonly on: readonly Endpoint[];
  /** The fault in a request; `undefined` when there is none. */
  readonly find: (subject: Subject) => Found | undefined;
  /** The message of the refusal, in the API's own words where they are known. */
  readonly message: (found: Found) => string;
  /** Default 400. */
  readonly status?: number;
  /** Default `invalid_request_error`. */
  readonly type?: string;
  /** Sent as `error.details.error_code`, as Anthropic does. Default: none. */
  readonly errorCode?: string;
  /** Sent as `error.code`, as OpenAI does. Default: none. */
  readonly code?: string;
}

/** A refusal, as an error answer has it. */
export interface Refusal extends WireError {
  readonly status: number;
  /** The name of the rule. */
  readonly rule: string;
}

/** A fault, for a rule to return. */
export function found(at: string, what = ""): Found {
  return { at, what };
}

/** A fault when the condition holds. */
export function foundIf(condition: boolean, at = "", what = ""): Found | undefined {
  return condition ? found(at, what) : undefined;
}

/** The first thing of the list in which a fault is found. */
export function firstFound<T>(
  list: readonly T[],
  find: (item: T, index: number) => Found | undefined,
): Found | undefined {
  for (const [index, item] of list.entries()) {
    const fault = find(item, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What the first rule says that finds a fault. */
export function refusalBy<Subject, Endpoint extends string>(
  rules: readonly Rule<Subject, Endpoint>[],
  endpoint: Endpoint,
  subject: Subject,
): Refusal | undefined {
  for (const rule of rules) {
    const fault = rule.on.includes(endpoint) ? rule.find(subject) : undefined;
    if (fault !== undefined) return refusal(rule, fault);
  }
  return undefined;
}

function refusal<Subject, Endpoint extends string>(rule: Rule<Subject, Endpoint>, fault: Found): Refusal {
  const { name, status = 400, type = "invalid_request_error", code = null, errorCode } = rule;
  const details = errorCode === undefined ? {} : { details: { error_code: errorCode } };
  const param = fault.at === "" ? null : fault.at;
  return { rule: name, status, type, message: rule.message(fault), code, param, ...details };
}
