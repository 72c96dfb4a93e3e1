import type { DestinationStream, Logger } from "pino";

import type { LoadedConfig } from "../config/load.ts";

/** What every command works with. */
export interface CommandContext {
  /** The configuration, with flags in its own shape on top. */
  load(flags?: object): Promise<LoadedConfig>;
  /** The files whose change may change the configuration. */
  readonly configFiles: readonly string[];
  /** The log, on standard error unless it is to go elsewhere. */
  log(verbose: boolean, to?: DestinationStream): Logger;
  /** Writes the text as it is. */
  write(text: string): void;
  /** Writes the value as JSON when `--json` was given, else the text. */
  print(value: unknown, text: () => string): void;
}
