/** How one reader wants chats to look, kept in their browser. No DOM. */

import { TONES } from "./emoji.js";

const KEY = "chat-display";
const MOST_MUTED = 200;

const DEFAULTS = {
  size: "normal",
  times: true,
  compact: false,
  hideRemoved: false,
  sound: false,
  tone: "",
};
const SIZES = ["small", "normal", "large", "larger"];

/** Announces `change` whenever something is chosen, in another tab as well. */
export class Preferences extends EventTarget {
  #storage;
  #chosen;
  #muted;

  /** @param {Pick<Storage, "getItem" | "setItem">} storage may throw: then nothing is kept */
  constructor(storage) {
    super();
    this.#storage = storage;
    this.#read();
  }

  /** What is chosen under `name`: one of `size`, `times`, `compact`, `hideRemoved`, `sound`, `tone` (of emoji). */
  get(name) {
    return this.#chosen[name];
  }

  /** Choose something. What is no choice is passed over. */
  set(name, value) {
    if (!isChoice(name, value)) return;
    this.#chosen = { ...this.#chosen, [name]: value };
    this.#keep();
  }

  /** Whom the reader does not want to read: `{userId, name}`, the last one first. */
  get muted() {
    return this.#muted;
  }

  isMuted(userId) {
    return this.#muted.some((person) => person.userId === userId);
  }

  mute(userId, name) {
    const others = this.#muted.filter((person) => person.userId !== userId);
    this.#muted = [{ userId, name }, ...others].slice(0, MOST_MUTED);
    this.#keep();
  }

  unmute(userId) {
    this.#muted = this.#muted.filter((person) => person.userId !== userId);
    this.#keep();
  }

  /** Another tab chose something. */
  readAgain() {
    this.#read();
    this.dispatchEvent(new Event("change"));
  }

  #read() {
    const found = this.#stored();
    this.#chosen = { ...DEFAULTS };
    for (const [name, value] of Object.entries(found)) {
      if (isChoice(name, value)) this.#chosen[name] = value;
    }
    const muted = Array.isArray(found.muted) ? found.muted : [];
    this.#muted = muted.filter(isPerson).slice(0, MOST_MUTED);
  }

  #stored() {
    try {
      const found = JSON.parse(this.#storage.getItem(KEY) ?? "{}");
      return found !== null && typeof found === "object" ? found : {};
    } catch {
      return {}; // Blocked, or not ours.
    }
  }

  #keep() {
    try {
      this.#storage.setItem(KEY, JSON.stringify({ ...this.#chosen, muted: this.#muted }));
    } catch {
      // Private windows may not store anything: it holds until the page is left.
    }
    this.dispatchEvent(new Event("change"));
  }
}

/** What the browser keeps. Where that is blocked, reading or writing throws, and not only having it. */
export function storageOf(window) {
  return {
    getItem: (key) => window.localStorage.getItem(key),
    setItem: (key, value) => window.localStorage.setItem(key, value),
  };
}

/** The preferences of the browser in which `window` is. */
export function preferencesOf(window) {
  const preferences = new Preferences(storageOf(window));
  window.addEventListener("storage", ({ key }) => {
    if (key === KEY || key === null) preferences.readAgain();
  });
  return preferences;
}

function isChoice(name, value) {
  if (name === "size") return SIZES.includes(value);
  if (name === "tone") return value === "" || TONES.includes(value);
  return Object.hasOwn(DEFAULTS, name) && typeof value === "boolean";
}

function isPerson(each) {
  return Number.isInteger(each?.userId) && typeof each.name === "string";
}
