import { pino } from "pino";
import type { DestinationStream, Logger } from "pino";

/** Fields that never reach a log, should one slip into an object that is logged. */
const SECRET_FIELDS = ["authorization", "x-api-key", "cookie", "token", "key", "secret", "adminKey", "tokenSecret"];

/**
 * The gateway's own log: JSON lines, by default on standard error, so that standard output stays for people and for
 * `--json`. With `verbose` every exchange is in it.
 */
export function createLog(verbose: boolean, to: DestinationStream = pino.destination({ dest: 2, sync: true })): Logger {
  return pino(
    {
      level: verbose ? "debug" : "info",
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]),
        censor: "[secret]",
      },
    },
    to,
  );
}
