import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";

/** Fields that never reach a log, should one slip into an object that is logged. */
const SECRET_FIELDS = ["authorization", "x-api-key", "cookie", "token", "key", "secret", "adminKey", "tokenSecret"];
const SHOWN = "[secret]";

/** What looks like a credential wherever it stands: tokens of ours, keys by the beginnings that providers give them, and passwords in URLs. */
const SECRETS =
  /\bla_sk_[\w.-]+|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+|\b(?:sk|pk|rk|gsk|xai|ghp|gho|AIza|AKIA)[-_]?[\w-]{16,}|(?<=\b(?:Bearer|Basic) )[\w.~+/=-]{8,}|(?<=:\/\/)[^\s/:@"]*:[^\s/@"]+(?=@)/g;

/**
 * The gateway's own log: JSON lines, by default on standard error, so that standard output stays for people and for
 * `--json`. With `verbose` every exchange is in it. Nothing that looks like a secret is.
 */
export function createLog(verbose: boolean, to: DestinationStream = new LogDestination()): Logger {
  return pino(
    {
      level: verbose ? "debug" : "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
        censor: SHOWN,
      },
    },
    { write: (line) => to.write(line.replaceAll(SECRETS, SHOWN)) },
  );
}

/** Standard error, and whoever else wants the lines. */
export class LogDestination implements DestinationStream {
  readonly #stderr = pino.destination({ dest: 2, sync: true });
  #also: ((line: string) => void) | undefined;

  write(line: string): void {
    this.#stderr.write(line);
    this.#also?.(line);
  }

  /** From now on this one gets the lines as well; with `undefined` nobody else does. */
  forward(to: ((line: string) => void) | undefined): void {
    this.#also = to;
  }
}
