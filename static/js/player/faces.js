/** Shows the face of the session: one of `[data-player-face]`, its reason and its countdown. */

const QUIET = 0.8; // Seconds that a stall lasts before it is worth a spinner.

/**
 * Keep the faces in `root` current.
 * @param {{session: EventTarget, clock: () => number, serverClock: object}} deps
 */
export function mountFaces(root, { session, clock, serverClock }) {
  const faces = [...root.querySelectorAll("[data-player-face]")];
  let shown = "";
  let waiting = null;

  function show(name) {
    clearTimeout(waiting);
    shown = name;
    root.dataset.face = name;
    for (const face of faces) {
      face.hidden = face.dataset.playerFace !== name;
      if (!face.hidden) showReason(face, reasonOf(name, session));
    }
    count();
  }

  function count() {
    const due = dueOf(shown, session, clock, serverClock);
    for (const line of root.querySelectorAll(`[data-player-face="${shown}"] [data-countdown]`)) {
      line.textContent = due === null ? "" : line.dataset.countdown.replace("{seconds}", due);
    }
  }

  session.addEventListener("change", () => {
    const { face } = session;
    if (face === "stalled" && shown !== "stalled") {
      clearTimeout(waiting);
      waiting = setTimeout(() => show(session.face), QUIET * 1000);
    } else {
      show(face);
    }
  });
  setInterval(count, 500);
  show(session.face);
}

function showReason(face, reason) {
  for (const line of face.querySelectorAll("[data-reason]")) {
    line.hidden = line.dataset.reason !== reason;
  }
}

/** Return why the face is shown, where there are several reasons. */
function reasonOf(name, session) {
  if (name === "ended") return session.room.endReason;
  if (name === "unsupported") return session.unsupported;
  if (name === "retrying") return session.isFull ? "full" : "lost";
  return name === "error" ? session.error : "";
}

/** Return the whole seconds left until something happens; null when nothing is known to. */
function dueOf(name, session, clock, serverClock) {
  let left = null;
  if (name === "retrying" && session.retryDue !== null) left = session.retryDue - clock();
  if (name === "reconnecting" && session.room.graceUntil) {
    left = (Date.parse(session.room.graceUntil) - serverClock.now()) / 1000;
  }
  return left === null || left <= 0 ? null : Math.ceil(left);
}
