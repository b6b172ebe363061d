/**
 * The player: one `[data-player]` element, one room.
 *
 *   socket ─▶ room-feed ─▶ session ─▶ engine (mpegts.js) ─▶ <video>
 *                            │  ▲                              │
 *                   faces ◀──┘  └── playback (latency, watchdog, delay) ──▶ controls
 */

import { ServerClock } from "../core/clock.js";
import { askedIn } from "./asked.js";
import { mountControls } from "./controls.js";
import { Engine, libraryAt } from "./engine.js";
import { mountFaces } from "./faces.js";
import { mountMediaSession } from "./media-session.js";
import { Playback } from "./playback.js";
import { Retry } from "./retry.js";
import { followRoom } from "./room-feed.js";
import { fullscreen, pictureInPicture } from "./screen.js";
import { Session } from "./session.js";
import { Sound } from "./sound.js";
import { mountStats } from "./stats.js";
import { mountStill } from "./still.js";
import { safeStorage } from "./storage.js";
import { whyUnsupported } from "./support.js";
import { Theatre } from "./theatre.js";
import { mountWakeLock } from "./wake-lock.js";

// A memory that says "muted" and forgets everything.
const onlyMuted = { getItem: () => '{"muted": true}', setItem: () => {} };

const PARK = 30_000; // Milliseconds of pause after which the connection is let go.

/**
 * Bring `root` to life.
 * @param {HTMLElement} root made by templates/streams/_player.html
 * @param {{socket: EventTarget, muted?: boolean, clock?: () => number,
 *   serverClock?: ServerClock}} deps `muted` starts without sound, and keeps what the viewer
 *   chooses here to this page; `clock` counts seconds
 * @returns {{state: () => object}} how the viewer sees it right now (see asked.js)
 */
export function mountPlayer(root, deps) {
  const { socket, clock = seconds, serverClock = new ServerClock() } = deps;
  const asked = askedIn(location.search);
  const muted = deps.muted ?? asked.muted;
  const storage = safeStorage();
  const video = root.querySelector("[data-player-video]");
  const { roomId, src, library, state, graceUntil, endReason } = root.dataset;
  serverClock.sync(root.dataset.serverTime);
  const engine = new Engine(video, { url: src, library: libraryAt(library), clock });
  const unsupported = whyUnsupported();
  // On its way while everything else is brought to life.
  if (state === "live" && !unsupported) engine.ask();
  const session = new Session({
    engine,
    retry: new Retry({ clock }),
    clock,
    room: { state, graceUntil, endReason },
    unsupported,
  });
  const sound = muted ? new Sound(video, onlyMuted) : new Sound(video);
  const playback = new Playback({ video, engine, session, sound, clock, storage, mode: asked.latency });
  // The picture with all that stands around it; other pages have the picture alone.
  const page = root.closest("[data-watch]");
  const language = document.documentElement.lang;

  mountStill(root, { video, engine, playback });
  mountFaces(root, { session, clock, serverClock });
  const stage = new Theatre(page, { storage, wanted: asked.theatre });
  const actions = mountControls(root, {
    session,
    playback,
    sound,
    video,
    screen: fullscreen(page ?? root, video),
    pip: pictureInPicture(video),
    theatre: stage,
    stats: mountStats(root, { engine, playback, video, clock, language }),
  });
  // What the system shows of it is in nobody's way before there is a picture.
  const greet = () => {
    mountMediaSession(root, { session, video, actions });
    mountWakeLock({ session, video, document });
  };
  playback.addEventListener("pictured", greet, { once: true });
  followRoom(socket, { roomId, session, playback, serverClock });
  returnToLive({ video, session, playback });
  parkWhenPaused(session);
  root.dataset.ready = "true";
  session.start();
  return {
    state: () => ({ theatre: stage.isOn(), muted: sound.isMuted, latency: playback.mode }),
  };
}

/** The page comes back to the front, or the network: so does the picture to the live edge. */
function returnToLive({ video, session, playback }) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !session.wanted || !session.isConnected) return;
    if (video.paused) playback.play();
    playback.jumpToLive();
  });
  window.addEventListener("online", () => {
    session.networkIsBack();
    if (session.wanted) playback.jumpToLive();
  });
}

function parkWhenPaused(session) {
  let timer = null;
  session.addEventListener("change", () => {
    if (session.wanted) {
      clearTimeout(timer);
      timer = null;
    } else {
      timer ??= setTimeout(() => session.park(), PARK);
    }
  });
}

function seconds() {
  return performance.now() / 1000;
}
