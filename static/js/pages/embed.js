/** A room's player on somebody else's page. */

import { openSocket } from "../core/socket.js";
import { mountPlayer } from "../player/player.js";

const root = document.querySelector("[data-player]");
const { roomId } = root.dataset;
const socket = openSocket({ window, document });

mountPlayer(root, { socket });
socket.join(roomId);
