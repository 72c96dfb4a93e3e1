import { CLIENTS } from "./clients.ts";
import { fetchClient } from "./fetch-client.ts";
import { canIsolate, requireIsolation, runIsolated } from "./isolation.ts";
import { runCases } from "./run-cases.ts";

// It fetches the clients and runs itself again, where loopback is the only network. Words choose among the cases: `codex openai drop`.
const PROGRAMS = "--programs=";
const [first = "", ...others] = process.argv.slice(2);
process.exitCode = first.startsWith(PROGRAMS)
  ? await inside(JSON.parse(first.slice(PROGRAMS.length)), others)
  : await outside(process.argv.slice(2));

async function outside(wanted: readonly string[]): Promise<number> {
  if (canIsolate()) {
    const programs: Record<string, string> = {};
    for (const { release } of CLIENTS) {
      if (programs[release.id] !== undefined) continue;
      programs[release.id] = await fetchClient(release, process.env);
      process.stdout.write(`${release.package} ${release.version}\n`);
    }
    process.stdout.write("loopback only\n\n");
    return runIsolated([process.execPath, import.meta.filename, PROGRAMS + JSON.stringify(programs), ...wanted]);
  }
  const required = process.env["REQUIRE_REAL_SERVERS"] === "1";
  const verdict = required ? "FAILED" : "SKIPPED, NOTHING WAS TESTED";
  process.stderr.write(
    `${verdict}: no network namespace can be made here (\`unshare --net\`: Linux, as root or where users may make namespaces).\n`,
  );
  return required ? 1 : 0;
}

async function inside(programs: Readonly<Record<string, string>>, wanted: readonly string[]): Promise<number> {
  requireIsolation();
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once("SIGINT", abort).once("SIGTERM", abort);
  // It ends with the process that holds its other end.
  process.stdin.once("end", abort).resume().unref();
  return (await runCases({ programs, wanted, stop: stop.signal })) ? 0 : 1;
}
