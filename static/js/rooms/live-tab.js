/** The page's tab: a dot at its icon and before its title while the room is live. */

import { markTitle } from "../core/title.js";
import { onRoomState } from "./room-state.js";

/**
 * @param {EventTarget} socket
 * @param {{roomId: string, document: Document}} deps
 */
export function mountLiveTab(socket, { roomId, document }) {
  const icon = document.querySelector("link[rel=icon][data-live-href]");
  onRoomState(socket, roomId, ({ state }) => {
    const isLive = state === "live";
    markTitle(document, { isLive });
    const href = isLive ? icon?.dataset.liveHref : icon?.dataset.quietHref;
    if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
  });
}
