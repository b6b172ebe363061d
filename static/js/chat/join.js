/** A page with a chat: the chat is there, the room joined, and its door watched. */

import { spread } from "../core/regions.js";
import { mountChat } from "./panel.js";

/**
 * Bring the chat to life and join its room. Call it last: what others listen for comes with the answer.
 * @param {Element} root one `[data-chat]`
 * @param {{socket: import("../core/socket.js").Socket, document: Document, location: Location}} deps
 */
export function joinWithChat(root, { socket, document, location }) {
  const { roomId } = root.dataset;
  const conversation = mountChat(root, { socket, roomId, document, language: document.documentElement.lang });
  // Locked meanwhile: the server knows where the password is asked for.
  const ask = () => setTimeout(() => location.reload(), spread(2));
  socket.addEventListener("room-locked", ask);
  socket.addEventListener("join-refused", ({ detail }) => detail.code === "room-locked" && ask());
  socket.join(roomId, { lastMessageId: () => conversation.lastId });
}
