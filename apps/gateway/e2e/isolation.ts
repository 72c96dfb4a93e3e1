import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { networkInterfaces } from "node:os";

/** Runs the words after it in a network namespace of their own, where loopback is all there is. Linux only. */
const ISOLATED: readonly string[] = [
  ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]),
  "--net",
  "sh",
  "-c",
  '{ ip link set lo up || ifconfig lo up; } && exec "$@"',
  "sh",
];

/** Whether this machine lets the process make a network namespace. */
export function canIsolate(): boolean {
  return spawnSync("unshare", [...ISOLATED, "true"]).status === 0;
}

/** Runs a command where loopback is the only network, and gives its exit code. Its standard input ends when this process does. */
export async function runIsolated(command: readonly string[]): Promise<number> {
  const child = spawn("unshare", [...ISOLATED, ...command], { stdio: ["pipe", "inherit", "inherit"] });
  await once(child, "exit");
  return child.exitCode ?? 1;
}

/** Throws when anything but loopback can be reached from here. */
export function requireIsolation(): void {
  const outside = Object.entries(networkInterfaces()).filter(([, addresses = []]) =>
    addresses.some((address) => !address.internal),
  );
  if (outside.length > 0) throw new Error(`not isolated: ${outside.map(([name]) => name).join(", ")} can be reached`);
}
