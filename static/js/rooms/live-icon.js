/** The icon in the tab: with a dot while the room is live. */

import { onRoomState } from "./room-state.js";

/**
 * @param {EventTarget} socket
 * @param {{roomId: string, document: Document}} deps
 */
export function mountLiveIcon(socket, { roomId, document }) {
  const icon = document.querySelector("link[rel=icon][data-live-href]");
  if (!icon) return;
  const { liveHref, quietHref } = icon.dataset;
  onRoomState(socket, roomId, ({ state }) => {
    const href = state === "live" ? liveHref : quietHref;
    if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
  });
}
