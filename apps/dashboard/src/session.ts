/** The admin key lives as long as the tab: in session storage, and nowhere in a URL. */
const NAME = "link-assistant-router.admin-key";

const listeners = new Set<() => void>();

/** The admin key that this tab is logged in with. */
export function adminKey(): string | null {
  return sessionStorage.getItem(NAME);
}

export function logIn(key: string): void {
  sessionStorage.setItem(NAME, key);
  tell();
}

export function logOut(): void {
  sessionStorage.removeItem(NAME);
  tell();
}

/** Calls the listener at each login and logout, until the returned function is called. */
export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
