/** What the player has beside the picture: theatre, modes, figures, keys, the system's media keys, the screen. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { askedIn, urlOf } from "../../static/js/player/asked.js";
import { actionOf } from "../../static/js/player/keyboard.js";
import { Latency } from "../../static/js/player/latency.js";
import { mountMediaSession } from "../../static/js/player/media-session.js";
import { figuresOf } from "../../static/js/player/stats.js";
import { doubleTaps } from "../../static/js/player/taps.js";
import { Theatre } from "../../static/js/player/theatre.js";
import { mountWakeLock } from "../../static/js/player/wake-lock.js";
import { FakePart, FakeStorage, settled } from "./fakes.mjs";

// --- Theatre, and what an address asks for ---

test("the theatre is remembered, and an address that asks for it does not change that", () => {
  const storage = new FakeStorage();
  const page = new FakePart();
  const theatre = new Theatre(page, { storage });
  assert.equal(theatre.isOn(), false);

  theatre.toggle();

  assert.equal(page.hasAttribute("data-theatre"), true);
  assert.equal(new Theatre(new FakePart(), { storage }).isOn(), true);
  assert.equal(new Theatre(new FakePart(), { storage, wanted: false }).isOn(), false);
  assert.equal(storage.getItem("streair.theatre"), "on");
});

test("a player on another page has no theatre", () => {
  const theatre = new Theatre(null, { storage: new FakeStorage() });

  assert.deepEqual([theatre.isPossible, theatre.isOn()], [false, false]);
});

test("what a viewer sees goes into a link, and comes out of it", () => {
  const url = urlOf("https://live.example/rooms/a/", { theatre: true, muted: true, latency: "normal" });

  assert.equal(url, "https://live.example/rooms/a/?theatre=1&muted=1&latency=normal");
  assert.deepEqual(askedIn(new URL(url).search), { theatre: true, muted: true, latency: "normal" });
  const plain = { theatre: false, muted: false, latency: "low" };
  assert.equal(urlOf("https://live.example/rooms/a/", plain), "https://live.example/rooms/a/");
  assert.deepEqual(askedIn("?latency=9"), { theatre: null, muted: null, latency: null });
});

// --- Keys and taps ---

const HERE = { isInPlayer: false, isDialogOpen: false };
const key = (code, more = {}) => ({ code, target: { closest: () => null }, ...more });

test("the keys that the sheet lists do what it says", () => {
  const found = ["KeyT", "KeyI", "KeyC"].map((code) => actionOf(key(code), HERE));

  assert.deepEqual(found, ["theatre", "pip", "chat"]);
  // On a German keyboard the question mark is beside the zero.
  assert.equal(actionOf(key("Minus", { key: "?", shiftKey: true }), HERE), "help");
});

test("two taps near each other are a double one, a third begins anew", () => {
  const isDouble = doubleTaps();
  const tap = (timeStamp, clientX = 50) => isDouble({ timeStamp, clientX, clientY: 50 });

  assert.deepEqual([tap(0), tap(200), tap(300)], [false, true, false]);
  assert.deepEqual([tap(2000), tap(2600), tap(2700, 200)], [false, false, false]);
});

// --- Latency modes ---

test("normal keeps two seconds more in hand than low, from the moment it is chosen", () => {
  const latency = new Latency();
  const low = latency.target;

  latency.use("normal", 0);
  // Three seconds ahead: too much for low, about right for normal.
  const advice = latency.advise({ now: 1, position: 0, end: 3 });

  assert.equal(latency.target, 2);
  assert.equal(advice.skipTo, undefined);
  latency.use("low", 2);
  assert.equal(latency.target, low);
  assert.equal(latency.advise({ now: 3, position: 0, end: 3 }).skipTo, 3 - low);
});

// --- Figures ---

const reading = {
  width: 1280,
  height: 720,
  fps: 29.97,
  codecs: "avc1.64001f, mp4a.40.2",
  delay: 0.8,
  target: 0.4,
  ahead: 0.55,
  rate: 1.05,
  kilobits: 2512.4,
  dropped: 3,
  frames: 1500,
  stalls: 1,
};

test("the figures are written as the reader's language writes them", () => {
  const vi = figuresOf(reading, "vi");

  assert.equal(vi.picture, "1280×720 · 30 fps");
  assert.equal(vi.bitrate, "2.512 kbit/s");
  assert.equal(vi.buffer, "0,55 s → 0,40 s");
  assert.equal(vi.dropped, "3 / 1.500 (0,2 %)");
  assert.equal(figuresOf(reading, "en").rate, "1.05×");
});

test("what is not known is a dash", () => {
  const bare = { ...reading, width: 0, codecs: "", delay: null, kilobits: null, frames: 0, dropped: 0 };

  const { picture, codecs, delay, bitrate, dropped } = figuresOf(bare, "en");

  assert.deepEqual([picture, codecs, delay, bitrate], ["–", "–", "–", "–"]);
  assert.equal(dropped, "0 / 0 (0.0 %)");
});

// --- The system ---

class FakeVideo extends EventTarget {
  paused = false;
  label = "Cá kho tộ";
  getAttribute = () => this.label;
}

test("the system is told what plays, and its keys pause and play", () => {
  const handlers = {};
  const mediaSession = {
    setActionHandler: (name, action) => {
      if (name === "stop") throw new TypeError("This browser does not know it.");
      handlers[name] = action;
    },
  };
  const session = Object.assign(new EventTarget(), { isConnected: true, wanted: true });
  const video = new FakeVideo();
  const root = { dataset: { streamer: "Linh", poster: "/media/a.webp" } };
  let presses = 0;
  const deps = { session, video, actions: { play: () => (presses += 1) }, navigator: { mediaSession } };
  class Metadata {
    constructor(facts) {
      Object.assign(this, facts);
    }
  }

  mountMediaSession(root, { ...deps, Metadata });
  handlers.play(); // It does already.
  handlers.pause();

  const { title, artist, artwork } = mediaSession.metadata;
  assert.deepEqual([title, artist, artwork[0].src], ["Cá kho tộ", "Linh", "/media/a.webp"]);
  assert.deepEqual([mediaSession.playbackState, presses], ["playing", 1]);
  video.paused = true;
  video.dispatchEvent(new Event("pause"));
  assert.equal(mediaSession.playbackState, "paused");
  video.label = "Canh chua";
  session.dispatchEvent(new Event("change"));
  assert.equal(mediaSession.metadata.title, "Canh chua");
});

test("the screen stays on while a picture moves, and no longer", async () => {
  const locks = [];
  const wakeLock = {
    request: async () => {
      const lock = Object.assign(new EventTarget(), { released: false });
      lock.release = async () => {
        lock.released = true;
        lock.dispatchEvent(new Event("release"));
      };
      locks.push(lock);
      return lock;
    },
  };
  const session = Object.assign(new EventTarget(), { isPlaying: true });
  const document = Object.assign(new EventTarget(), { hidden: false });
  const video = Object.assign(new EventTarget(), { paused: false });
  mountWakeLock({ session, video, document, wakeLock });

  session.dispatchEvent(new Event("change"));
  session.dispatchEvent(new Event("change"));
  await settled();
  assert.deepEqual(locks.map(({ released }) => released), [false]);

  video.paused = true;
  video.dispatchEvent(new Event("pause"));
  await settled();
  assert.deepEqual(locks.map(({ released }) => released), [true]);

  video.paused = false;
  video.dispatchEvent(new Event("play"));
  await settled();
  assert.equal(locks.length, 2);
});

test("a system that keeps the screen to itself is asked again the next time", async () => {
  let asked = 0;
  const wakeLock = { request: async () => { asked += 1; throw new Error("Low battery"); } };
  const session = Object.assign(new EventTarget(), { isPlaying: true });
  const document = Object.assign(new EventTarget(), { hidden: false });
  const video = Object.assign(new EventTarget(), { paused: false });
  mountWakeLock({ session, video, document, wakeLock });

  session.dispatchEvent(new Event("change"));
  await settled();
  session.isPlaying = false;
  session.dispatchEvent(new Event("change"));
  session.isPlaying = true;
  session.dispatchEvent(new Event("change"));
  await settled();

  assert.equal(asked, 2);
});
