import { spawnSync } from "node:child_process";

/** Everything that has to hold beside the tests, in the order of how soon it fails. */
const STEPS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["format", "oxfmt", "--check"],
  ["lint", "oxlint", "--deny-warnings"],
  ["types", "tsc"],
  ["arrows between packages", "vitest", "run", "scripts/arrows.test.ts"],
  ["generated documents", "node", "scripts/docs.ts", "--check"],
  ["unused code", "knip"],
  ["build", "turbo", "run", "build"],
  ["packages as published", "node", "scripts/publint.ts"],
];

const failed = STEPS.filter(([name, command, ...args]) => {
  process.stdout.write(`\n── ${name}\n`);
  const { status, error } = spawnSync(command, args, {
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  return status !== 0;
});

process.stdout.write(
  failed.length === 0 ? "\nAll checks hold.\n" : `\nFailed: ${failed.map(([name]) => name).join(", ")}\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
