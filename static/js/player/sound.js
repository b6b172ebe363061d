/** Volume and mute: remembered, and never louder than the viewer asked for. */

import { safeStorage } from "./storage.js";

const KEY = "streair.sound";
const STEP = 0.05;

/** Event: `change`. */
export class Sound extends EventTarget {
  #video;
  #storage;
  #isForced = false; // Muted by the browser's autoplay rule, not by the viewer.

  constructor(video, storage = safeStorage()) {
    super();
    this.#video = video;
    this.#storage = storage;
    const { volume, muted } = recall(storage);
    video.volume = volume;
    video.muted = muted;
    video.addEventListener("volumechange", () => this.dispatchEvent(new Event("change")));
  }

  get volume() {
    return this.#video.volume;
  }

  get isMuted() {
    return this.#video.muted || this.#video.volume === 0;
  }

  /** Whether the viewer would hear something, had the browser allowed it. */
  get isForced() {
    return this.#isForced && this.isMuted;
  }

  /** Whether scripts may set the volume; on iPhones only its keys may. */
  get isAdjustable() {
    const { volume } = this.#video;
    this.#video.volume = volume === 0.5 ? 0.4 : 0.5;
    const changed = this.#video.volume !== volume;
    this.#video.volume = volume;
    return changed;
  }

  muteForAutoplay() {
    this.#isForced = true;
    this.#video.muted = true;
  }

  /** Mute, or give the sound back (audibly, even if the slider stood at nothing). */
  toggle() {
    if (!this.isMuted) {
      this.#video.muted = true;
    } else {
      this.#video.muted = false;
      if (this.#video.volume === 0) this.#video.volume = 0.5;
    }
    this.#chosen();
  }

  /** @param {number} volume from 0 to 1 */
  set(volume) {
    this.#video.volume = Math.min(1, Math.max(0, volume));
    this.#video.muted = this.#video.volume === 0;
    this.#chosen();
  }

  louder() {
    this.set((this.#video.muted ? 0 : this.volume) + STEP);
  }

  softer() {
    this.set((this.#video.muted ? 0 : this.volume) - STEP);
  }

  #chosen() {
    this.#isForced = false;
    const { volume, muted } = this.#video;
    this.#storage?.setItem(KEY, JSON.stringify({ volume, muted }));
  }
}

/** Return what was remembered; anything odd counts as nothing. */
export function recall(storage) {
  let kept = null;
  try {
    kept = JSON.parse(storage?.getItem(KEY) ?? "null");
  } catch {
    // Somebody else's value under our name: start anew.
  }
  const volume = Number(kept?.volume ?? 1);
  return { volume: volume >= 0 && volume <= 1 ? volume : 1, muted: kept?.muted === true };
}
