/** The chat in a window of its own. */

import { joinWithChat } from "../chat/join.js";
import { openSocket } from "../core/socket.js";
import { mountRoomState } from "../rooms/room-state.js";

const root = document.querySelector("[data-chat]");
const socket = openSocket({ window, document });

mountRoomState(document, socket, { roomId: root.dataset.roomId, document });
joinWithChat(root, { socket, document, location });
