/** What the player shows: one face, decided from the room's state and the connection's. */

/** How the connection stands. */
export const Link = Object.freeze({
  IDLE: "idle", // None is wanted.
  CONNECTING: "connecting", // No picture yet.
  PLAYING: "playing",
  STALLED: "stalled", // The picture stands still, the connection is there.
  RETRYING: "retrying", // Lost; the next try is planned.
  FAILED: "failed", // Lost for good, unless the viewer asks again.
});

const FACE_OF_LINK = {
  [Link.IDLE]: "connecting",
  [Link.CONNECTING]: "connecting",
  [Link.PLAYING]: "live",
  [Link.STALLED]: "stalled",
  [Link.RETRYING]: "retrying",
};

/**
 * Return the name of the face: waiting, connecting, live, paused, stalled, retrying,
 * reconnecting, ended, unsupported or error.
 * @param {{room: {state: string}, link: string, wanted: boolean, unsupported: string}} model
 */
export function faceOf({ room, link, wanted, unsupported }) {
  if (room.state === "ended") return "ended";
  if (unsupported) return "unsupported";
  if (link === Link.FAILED) return "error";
  if (room.state === "waiting") return "waiting";
  if (!wanted) return "paused";
  if (room.state === "reconnecting" && link !== Link.PLAYING) return "reconnecting";
  return FACE_OF_LINK[link];
}
