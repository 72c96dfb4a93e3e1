/** Environment variables by name, such as `process.env`. An empty or blank value is the same as none. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment variable has a value that cannot be used. The message names it and says what is expected. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  /** The variable to change. */
  readonly variable: string;

  constructor(variable: string, expected: string) {
    super(`${variable} must be ${expected}`);
    this.variable = variable;
  }
}

const MAX_TIMER_MS = 2 ** 31 - 1;

/** A variable that is set, and its value without the blanks around it. */
export interface Setting {
  readonly variable: string;
  readonly value: string;
}

/** The first of these variables that is set. */
export function firstSetting(env: Environment, ...variables: readonly string[]): Setting | undefined {
  for (const variable of variables) {
    const value = env[variable]?.trim() ?? "";
    if (value !== "") return { variable, value };
  }
  return undefined;
}

/** The first of these variables that is set, as milliseconds that a timer can wait. */
export function milliseconds(env: Environment, ...variables: readonly string[]): number | undefined {
  const setting = firstSetting(env, ...variables);
  if (setting === undefined) return undefined;
  const ms = /^\d+$/.test(setting.value) ? Number(setting.value) : 0;
  if (ms >= 1 && ms <= MAX_TIMER_MS) return ms;
  throw new EnvironmentError(setting.variable, `a whole number of milliseconds from 1 to ${MAX_TIMER_MS}`);
}

/** The row of `choices` named by the first of these variables that is set. */
export function choice<T>(
  env: Environment,
  choices: Readonly<Record<string, T>>,
  ...variables: readonly string[]
): T | undefined {
  const setting = firstSetting(env, ...variables);
  if (setting === undefined) return undefined;
  const chosen = Object.entries(choices).find(([name]) => name === setting.value.toLowerCase());
  if (chosen === undefined) throw new EnvironmentError(setting.variable, Object.keys(choices).join(" or "));
  return chosen[1];
}

/**
 * The pairs of a variable such as `key1=value1,key2=value2`; none when it is not set. Keys and values are
 * percent-encoded. The error for a value that is not like this does not show it, because it may hold a secret.
 */
export function keyValuePairs(env: Environment, variable: string): Record<string, string> {
  const entries = (env[variable] ?? "").split(",").filter((entry) => entry.trim() !== "");
  return Object.fromEntries(entries.map((entry) => keyValue(variable, entry)));
}

function keyValue(variable: string, entry: string): [string, string] {
  const [key = "", ...rest] = entry.split("=");
  try {
    if (key.trim() !== "" && rest.length > 0) {
      return [decodeURIComponent(key.trim()), decodeURIComponent(rest.join("=").trim())];
    }
  } catch {
    // A bad percent-encoding is refused like any other entry that is not a pair.
  }
  throw new EnvironmentError(variable, "key=value pairs separated by commas, percent-encoded");
}
