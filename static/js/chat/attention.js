/** Tells a reader who looks elsewhere that somebody speaks to them: in the title, and by a sound if they like. */

import { markTitle } from "../core/title.js";
import { speaksTo } from "./text.js";

const SOUND_MS = 180;
const QUIET_MS = 2_000; // Two mentions at once are one sound.

/**
 * @param {EventTarget} socket
 * @param {{roomId: string, document: Document, now?: () => number, play?: () => void,
 *   isElsewhere?: () => boolean, preferences: import("./preferences.js").Preferences}} deps
 *   `isElsewhere`: the chat is in a window of its own, which calls by itself
 * @returns {{reader: object}} to be set whenever it changes
 */
export function mountAttention(socket, { roomId, document, preferences, ...deps }) {
  const { now = Date.now, play = chime, isElsewhere = () => false } = deps;
  let reader = {};
  let count = 0;
  let lastSound = -Infinity;

  socket.addEventListener("new-message", ({ detail }) => {
    if (detail.roomId !== roomId || !speaksTo(detail, reader)) return;
    if (isElsewhere() || preferences.isMuted(detail.userId)) return;
    if (preferences.get("sound") && now() - lastSound > QUIET_MS) {
      lastSound = now();
      play();
    }
    if (document.visibilityState !== "hidden") return;
    count += 1;
    markTitle(document, { calls: count });
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" || !count) return;
    count = 0;
    markTitle(document, { calls: 0 });
  });
  return {
    set reader(current) {
      reader = current;
    },
  };
}

/** Two short notes. Browsers keep silent until the reader has touched the page, which is right. */
function chime() {
  const { AudioContext } = globalThis;
  if (!AudioContext) return;
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + (2 * SOUND_MS) / 1000);
  volume.connect(audio.destination);
  [660, 880].forEach((pitch, index) => {
    const note = audio.createOscillator();
    note.frequency.value = pitch;
    note.connect(volume);
    const start = audio.currentTime + (index * SOUND_MS) / 1000;
    note.start(start);
    note.stop(start + SOUND_MS / 1000);
    if (index) note.addEventListener("ended", () => audio.close());
  });
}
