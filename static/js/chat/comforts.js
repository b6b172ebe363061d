/** What makes a chat comfortable for one reader: how it looks, whom they hide, and when they are called. */

import { mountAttention } from "./attention.js";
import { mountDisplay } from "./display.js";
import { mountKeyboard } from "./keyboard.js";
import { mountMute } from "./mute.js";
import { mountPopOut } from "./pop-out.js";

/**
 * @param {Element} root the chat
 * @param {{socket: EventTarget, roomId: string, document: Document,
 *   preferences: import("./preferences.js").Preferences}} deps
 * @returns {{reader: object}[]} each to be told who reads
 */
export function mountComforts(root, { socket, roomId, document, preferences }) {
  const window = document.defaultView;
  const card = root.querySelector("[data-chat-card]");
  mountDisplay(root, preferences);
  mountPopOut(root, { window });
  mountKeyboard(root, { window, document });
  const isElsewhere = () => root.hasAttribute("data-away");
  const attention = mountAttention(socket, { roomId, document, preferences, isElsewhere });
  return card ? [attention, mountMute(card, preferences)] : [attention];
}
