/** Keeps `[data-viewer-count]` current, written as the page's language writes numbers. */

import { lazyIntl } from "../core/lazy.js";

const EVENTS = ["viewer-joined", "viewer-left", "room-state"];

/**
 * @param {ParentNode} root holds the numbers of one room
 * @param {EventTarget} socket
 * @param {{roomId: string, language?: string}} deps
 */
export function mountViewerCount(root, socket, { roomId, language }) {
  const format = lazyIntl(() => new Intl.NumberFormat(language));
  for (const name of EVENTS) {
    socket.addEventListener(name, ({ detail }) => {
      // Null where the streamer keeps it to themselves.
      if (detail.roomId !== roomId || typeof detail.viewerCount !== "number") return;
      for (const number of root.querySelectorAll("[data-viewer-count]")) {
        number.textContent = format.format(detail.viewerCount);
      }
    });
  }
}
