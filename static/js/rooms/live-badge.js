/** Keeps `[data-live-badge]` current: its `data-state`, and its text from `data-text-<state>`. */

import { onRoomState } from "./room-state.js";

/**
 * @param {ParentNode} root holds the badges of one room
 * @param {EventTarget} socket
 * @param {{roomId: string}} deps
 */
export function mountLiveBadge(root, socket, { roomId }) {
  onRoomState(socket, roomId, ({ state }) => {
    for (const badge of root.querySelectorAll("[data-live-badge]")) {
      badge.dataset.state = state;
      const text = badge.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`];
      if (text !== undefined) badge.textContent = text.trim();
    }
  });
}
