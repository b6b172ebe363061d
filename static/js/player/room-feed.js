/** Turns what the socket says about the room into what the player has to know. */

/**
 * Keep `session` (and `playback`, whose timing the publisher resets) current.
 * @param {EventTarget} socket see js/core/socket.js
 * @param {{roomId: string, session: object, playback: object}} deps
 */
export function followRoom(socket, { roomId, session, playback }) {
  const changes = {
    "stream-started": () => ({ state: "live", graceUntil: null }),
    "stream-interrupted": ({ graceUntil }) => ({ state: "reconnecting", graceUntil }),
    "stream-stopped": () => ({ state: "waiting", graceUntil: null }),
    "stream-ended": ({ reason }) => ({ state: "ended", endReason: reason, graceUntil: null }),
    "room-state": ({ state, graceUntil, endReason }) => ({ state, graceUntil, endReason }),
  };
  for (const [name, changeOf] of Object.entries(changes)) {
    socket.addEventListener(name, ({ detail }) => {
      if (detail.roomId !== roomId) return;
      const change = changeOf(detail);
      if (change.state !== session.room.state) playback.publisherChanged();
      session.roomIs(change);
    });
  }
}
