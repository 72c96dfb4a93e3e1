import { pino } from "pino";
import type { Logger } from "pino";

/** Fields that never reach a log, should one slip into an object that is logged. */
const SECRET_FIELDS = ["authorization", "x-api-key", "cookie", "token", "key", "secret", "adminKey", "tokenSecret"];

/** The gateway's own log: JSON lines on standard error, so that standard output stays for people and for `--json`. */
export function createLog(verbose: boolean): Logger {
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
    pino.destination({ dest: 2, sync: true }),
  );
}
