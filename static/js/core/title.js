/** The title in the tab: how often the reader was spoken to, whether it is live, what the page is. */

const titles = new WeakMap();

function known(document) {
  return titles.get(document) ?? { plain: document.title, calls: 0, isLive: false };
}

/** The title without marks, as it is handed to others. */
export function plainTitle(document) {
  return known(document).plain;
}

/**
 * Show `marks` before the title; those that are not given stay.
 * @param {Document} document
 * @param {{calls?: number, isLive?: boolean}} marks
 */
export function markTitle(document, marks) {
  const title = { ...known(document), ...marks };
  titles.set(document, title);
  document.title = `${title.calls ? `(${title.calls}) ` : ""}${title.isLive ? "● " : ""}${title.plain}`;
}
