/** A channel: when its open room goes on or off the air, the page shows it by itself. */

import { gathered, refreshRegions, spread } from "../core/regions.js";
import { openSocket } from "../core/socket.js";
import { mountRail } from "../rooms/rail.js";
import { onRoomState } from "../rooms/room-state.js";

const { roomId } = document.querySelector("[data-channel]").dataset;
let socket = null;
const socketOf = () => (socket ??= openSocket({ window, document }));

mountRail(document, socketOf);
if (roomId) {
  socketOf();
  // Everybody who waits hears it at once, so they ask over some seconds.
  const refresh = gathered(() => refreshRegions(), () => spread(3));
  let shown = null;
  onRoomState(socket, roomId, ({ state }) => {
    if (shown !== null && shown !== state) refresh();
    shown = state;
  });
  socket.addEventListener("room-updated", refresh);
  socket.join(roomId);
}
