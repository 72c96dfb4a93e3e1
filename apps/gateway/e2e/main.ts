import { CLAUDE_CODE_VERSION, fetchClaudeCode } from "./fetch-claude-code.ts";
import { canIsolate, requireIsolation, runIsolated } from "./isolation.ts";
import { runScenarios } from "./run-scenarios.ts";

// Without an argument it fetches the client and runs itself again with the client's program, where loopback is the only network.
const [program] = process.argv.slice(2);
process.exitCode = program === undefined ? await outside() : await inside(program);

async function outside(): Promise<number> {
  if (canIsolate()) {
    const fetched = await fetchClaudeCode(process.env);
    process.stdout.write(`Claude Code ${CLAUDE_CODE_VERSION}, loopback only\n\n`);
    return runIsolated([process.execPath, import.meta.filename, fetched]);
  }
  const required = process.env["REQUIRE_REAL_SERVERS"] === "1";
  const verdict = required ? "FAILED" : "SKIPPED, NOTHING WAS TESTED";
  process.stderr.write(
    `${verdict}: no network namespace can be made here (\`unshare --net\`: Linux, as root or where users may make namespaces).\n`,
  );
  return required ? 1 : 0;
}

async function inside(client: string): Promise<number> {
  requireIsolation();
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once("SIGINT", abort).once("SIGTERM", abort);
  // It ends with the process that holds its other end.
  process.stdin.once("end", abort).resume().unref();
  return (await runScenarios(client, stop.signal)) ? 0 : 1;
}
