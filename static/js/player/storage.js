/** What the browser keeps for this site, if it lets us. */
export function safeStorage() {
  try {
    return globalThis.localStorage;
  } catch {
    return null; // Forbidden by the browser's privacy settings.
  }
}
