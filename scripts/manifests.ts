import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A package of this workspace. */
export interface Manifest {
  /** Its folder, from the root: `packages/core`. */
  readonly folder: string;
  readonly name: string;
  readonly private: boolean;
  /** Names of the packages it depends on when it runs. */
  readonly dependencies: readonly string[];
}

export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));

/** All packages of the workspace. */
export function manifests(): Manifest[] {
  return ["packages", "apps", "examples"].flatMap((group) =>
    readdirSync(`${ROOT}/${group}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => readManifest(`${group}/${entry.name}`)),
  );
}

function readManifest(folder: string): Manifest {
  const manifest: { name: string; private?: boolean; dependencies?: Record<string, string> } = JSON.parse(
    readFileSync(`${ROOT}/${folder}/package.json`, "utf8"),
  );
  return {
    folder,
    name: manifest.name,
    private: manifest.private === true,
    dependencies: Object.keys(manifest.dependencies ?? {}),
  };
}
