/** Turns what the socket says about the room into what the player has to know. */

import { onRoomState } from "../rooms/room-state.js";

/**
 * Keep `session` current, and `playback`, whose timing changes with the publisher.
 * @param {EventTarget} socket see js/core/socket.js
 * @param {{roomId: string, session: object, playback: object, serverClock: object}} deps
 */
export function followRoom(socket, { roomId, session, playback, serverClock }) {
  socket.addEventListener("room-state", ({ detail }) => serverClock.sync(detail.serverTime));
  socket.addEventListener("connection", ({ detail }) => {
    // While it is (re)connecting, news may be a moment away; only then nobody will tell us.
    session.isTold(detail.state === "open" || detail.state === "connecting");
  });
  onRoomState(socket, roomId, ({ state, graceUntil = null, endReason = null }) => {
    if (state !== session.room.state) playback.publisherChanged();
    session.roomIs({ state, graceUntil, endReason });
  });
}
