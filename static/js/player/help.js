/** The sheet that lists the keys. */

/** Return what opens and closes the sheet of `root`. */
export function helpSheet(root) {
  const sheet = root.querySelector("[data-player-help]");
  return { toggle: () => (sheet.open ? sheet.close() : sheet.showModal()) };
}
