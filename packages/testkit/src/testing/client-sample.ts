import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { JsonObject } from "../simulator/json.ts";

/** A request of a real client. */
export interface ClientSample {
  readonly file: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: JsonObject;
}

/** The samples that lie in the folder `fixtures` beside a test. */
export function clientSamples(directory: string): ClientSample[] {
  const folder = join(directory, "fixtures");
  return readdirSync(folder).map((file) => ({ file, ...JSON.parse(readFileSync(join(folder, file), "utf8")) }));
}
