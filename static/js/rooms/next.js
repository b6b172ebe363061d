/** When a stream ends, what is on elsewhere is looked up: the page has it from when it was opened. */

import { onRoomState } from "./room-state.js";

const LEAST = 3; // Seconds over which the viewers of a small room ask.
const A_SECOND = 80; // Viewers who may ask within one second.
const UNTOLD = 2400; // As many as there may be where the streamer keeps it to themselves.

/**
 * @param {EventTarget} socket
 * @param {{roomId: string, refresh: () => void, spread: (seconds: number) => number,
 *   setTimer?: typeof setTimeout}} deps
 */
export function mountNext(socket, { roomId, refresh, spread, setTimer = setTimeout }) {
  let viewers = 0;
  let shown = null;
  for (const name of ["room-state", "viewer-joined", "viewer-left"]) {
    socket.addEventListener(name, ({ detail }) => {
      if (detail.roomId === roomId) viewers = detail.viewerCount ?? UNTOLD;
    });
  }
  onRoomState(socket, roomId, ({ state }) => {
    const hasEnded = state === "ended" && shown !== null && shown !== "ended";
    shown = state;
    if (hasEnded) setTimer(refresh, spread(LEAST + viewers / A_SECOND));
  });
}
