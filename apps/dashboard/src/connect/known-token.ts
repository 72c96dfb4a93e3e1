/** The token that was issued last in this tab. It is kept in memory alone, so a page that is loaded anew does not know it. */
let known = "";

export function rememberToken(token: string): void {
  known = token;
}

/** Empty when none was issued. */
export function knownToken(): string {
  return known;
}
