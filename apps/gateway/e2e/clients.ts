import { CLAUDE_CODE } from "./claude-code.ts";
import type { Client } from "./client.ts";
import { CODEX, CODEX_PLAIN, CODEX_SCRIPTING } from "./codex.ts";

/** All clients. */
export const CLIENTS: readonly Client[] = [CLAUDE_CODE, CODEX, CODEX_PLAIN, CODEX_SCRIPTING];
