/** The studio: the streamer's own view of their stream, kept current. */

import { post } from "../core/api.js";
import { gathered, refreshRegions } from "../core/regions.js";
import { openSocket } from "../core/socket.js";
import { mountPlayer } from "../player/player.js";
import { onRoomState } from "../rooms/room-state.js";
import { mountViewerCount } from "../rooms/viewer-count.js";
import { mountHealth } from "../streams/health.js";
import { mountMeasures } from "../streams/measures.js";
import { mountReveal } from "../streams/reveal.js";

const root = document.querySelector("[data-studio]");
const { roomId } = root.dataset;

for (const input of root.querySelectorAll("input[readonly]")) {
  input.addEventListener("focus", () => input.select());
}
mountReveal(root, { post });
if (roomId) follow();

function follow() {
  const language = document.documentElement.lang;
  const socket = openSocket({ window, document });
  const refresh = gathered(() => refreshRegions(), () => 150);

  onRoomState(socket, roomId, ({ state }) => {
    if (state === root.dataset.state) return;
    root.dataset.state = state;
    // Over: the page becomes the one that opens the next room.
    if (state === "ended") location.reload();
    else refresh();
  });
  socket.addEventListener("encoder-refused", refresh);
  socket.addEventListener("connection", ({ detail }) => {
    root.dataset.connection = detail.state;
  });
  mountHealth(root, socket, { roomId, language, connectionChanged: refresh });
  mountMeasures(root, { document, refresh: (url) => refreshRegions(document, url) });
  mountViewerCount(root, socket, { roomId, language });
  const player = root.querySelector("[data-player]");
  if (player) mountPlayer(player, { socket, muted: true });
  socket.join(roomId, { command: "create-room" });
}
