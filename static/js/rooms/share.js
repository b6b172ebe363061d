/** The panel with links to a stream: as it is, or as the viewer sees it. */

import { plainTitle } from "../core/title.js";
import { urlOf } from "../player/asked.js";

/**
 * Bring the `[data-share]` of `root` to life, if there is one.
 * @param {ParentNode} root
 * @param {{document: Document, navigator: Navigator,
 *   stateOf: () => {theatre: boolean, muted: boolean, latency: string}}} deps
 */
export function mountShare(root, { document, navigator, stateOf }) {
  const panel = root.querySelector("[data-share]");
  if (!panel) return;
  const link = panel.querySelector("[data-share-link]");
  const asSeen = panel.querySelector("[data-share-state]");
  const native = panel.querySelector("[data-share-native]");
  const plain = link.value;

  const renew = () => {
    link.value = asSeen.checked ? urlOf(plain, stateOf()) : plain;
  };
  const close = () => {
    panel.open = false;
  };
  panel.addEventListener("toggle", renew);
  asSeen.addEventListener("change", renew);
  panel.addEventListener("focusin", ({ target }) => target.matches("[readonly]") && target.select());
  panel.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !panel.open) return;
    close();
    panel.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (panel.open && !panel.contains(target)) close();
  });
  native.hidden = !navigator.share;
  native.addEventListener("click", () => {
    // Who changes their mind is no failure.
    navigator.share({ title: plainTitle(document), url: link.value }).then(close, () => {});
  });
}
