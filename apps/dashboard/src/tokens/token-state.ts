import type { Token } from "../api/answers.ts";

/** What a router token is good for now. */
export type TokenState = "active" | "expired" | "revoked";

export function stateOf({ revoked, expires_at }: Pick<Token, "revoked" | "expires_at">, now: Date): TokenState {
  if (revoked) return "revoked";
  return expires_at * 1000 <= now.getTime() ? "expired" : "active";
}

/** The tokens whose label, id, account or scopes hold every word, the newest first. */
export function found(tokens: readonly Token[], words: string): Token[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return tokens
    .filter((token) => {
      const text = [token.label, token.id, token.account ?? "", ...token.scopes].join(" ").toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .toSorted((one, other) => other.issued_at - one.issued_at);
}
