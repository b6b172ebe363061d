/** A room's player on somebody else's page. */

import { openSocket } from "../core/socket.js";
import { mountPlayer } from "../player/player.js";

const root = document.querySelector("[data-player]");
const { roomId } = root.dataset;
const socket = openSocket({ window, document });

// Pages of this site are in nobody's frame.
for (const link of root.querySelectorAll("a")) link.target = "_blank";
mountPlayer(root, { socket });
socket.join(roomId);
