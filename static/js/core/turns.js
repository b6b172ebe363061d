/** Work in pieces: between them the browser paints, and answers who is in a hurry. */

/** Resolves in a task of its own, ahead of what waits for nothing in particular. */
export function turn() {
  return globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve));
}
