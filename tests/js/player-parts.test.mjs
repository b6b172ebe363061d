/** The small parts: watchdog, delay, keys, sound, support, what the socket says. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { LiveEdge } from "../../static/js/player/delay.js";
import { failureOf } from "../../static/js/player/engine.js";
import { actionOf } from "../../static/js/player/keyboard.js";
import { followRoom } from "../../static/js/player/room-feed.js";
import { Sound, recall } from "../../static/js/player/sound.js";
import { whyUnsupported } from "../../static/js/player/support.js";
import { Watchdog } from "../../static/js/player/watchdog.js";

// --- Watchdog ---

/** Look every 0.5 s for `seconds` at a picture that does not move; return what was found. */
function lookAtStill(watchdog, { ahead, seconds, dataIsDue = true, mayRest = false }) {
  const found = [];
  for (let now = 0; now <= seconds; now += 0.5) {
    const finding = watchdog.check({ now, position: 7, ahead, lastBytes: 0, dataIsDue, mayRest });
    if (finding) found.push([now, finding]);
  }
  return found;
}

test("a moving picture is moving", () => {
  const watchdog = new Watchdog();
  watchdog.check({ now: 0, position: 1, ahead: 1, lastBytes: 0, dataIsDue: true });

  const finding = watchdog.check({ now: 0.2, position: 1.2, ahead: 1, lastBytes: 0.2, dataIsDue: true });

  assert.equal(finding, "moving");
});

test("a picture that freezes beside a full buffer is nudged after 4 s, then rebuilt", () => {
  const found = lookAtStill(new Watchdog(), { ahead: 2, seconds: 9 });

  assert.deepEqual(found, [
    [0.5, "stalled"],
    [4, "nudge"],
    [8, "rebuild"],
  ]);
});

test("a silent connection is replaced after 8 s when data is due", () => {
  const found = lookAtStill(new Watchdog(), { ahead: 0, seconds: 8.5 });

  assert.deepEqual(found, [
    [0.5, "stalled"],
    [8.5, "reconnect"],
  ]);
});

test("a silent connection is kept while the publisher is away", () => {
  const found = lookAtStill(new Watchdog(), { ahead: 0, seconds: 90, dataIsDue: false });

  assert.deepEqual(found, [[0.5, "stalled"]]);
});

test("a picture that nobody sees may stand still", () => {
  const found = lookAtStill(new Watchdog(), { ahead: 20, seconds: 60, mayRest: true });

  assert.deepEqual(found, [[0.5, "stalled"]]);
});

// --- Delay ---

test("the delay is measured from the soonest arrival seen", () => {
  const edge = new LiveEdge();
  assert.equal(edge.delay(0, 0), null);

  edge.observe(10, 5); // Best: media time 5 at second 10.
  edge.observe(11, 5.5); // Half a second later than the best.

  assert.equal(edge.delay(11, 5.5), 0.5);
  assert.equal(edge.delay(11, 4), 2);
});

test("the delay grows while the network stalls", () => {
  const edge = new LiveEdge();
  edge.observe(10, 5);

  assert.equal(edge.delay(13, 5), 3);
});

test("a best case that is long ago does not count any more", () => {
  const edge = new LiveEdge(20);
  edge.observe(0, 10);
  for (let now = 1; now < 30; now += 1) edge.observe(now, 10 + now - 0.5);

  assert.equal(edge.delay(29, 38.5), 0);
});

test("after a reset nothing is known", () => {
  const edge = new LiveEdge();
  edge.observe(10, 5);

  edge.reset();

  assert.equal(edge.delay(11, 5), null);
});

// --- Keys ---

const NOWHERE = { isInPlayer: false, isDialogOpen: false };
const element = (matches = "") => ({
  closest: (selectors) => (selectors.split(", ").includes(matches) ? {} : null),
});
const key = (code, more = {}) => ({ code, target: element(), ...more });

test("shortcuts go by the key's place, not by its letter", () => {
  assert.equal(actionOf(key("KeyK", { key: "л" }), NOWHERE), "play");
  assert.equal(actionOf(key("KeyM"), NOWHERE), "mute");
  assert.equal(actionOf(key("KeyF"), NOWHERE), "fullscreen");
  assert.equal(actionOf(key("KeyL"), NOWHERE), "live");
  assert.equal(actionOf(key("Space"), NOWHERE), "play");
  assert.equal(actionOf(key("KeyX"), NOWHERE), "");
});

test("nothing happens while somebody types, composes, or uses another shortcut", () => {
  for (const more of [
    { target: element("textarea") },
    { target: element("[contenteditable]") },
    { isComposing: true },
    { ctrlKey: true },
    { metaKey: true },
    { altKey: true },
    { defaultPrevented: true },
  ]) {
    assert.equal(actionOf(key("KeyK", more), NOWHERE), "");
  }
  assert.equal(actionOf(key("KeyK"), { ...NOWHERE, isDialogOpen: true }), "");
});

test("space presses the button that has the focus; arrows scroll outside the player", () => {
  assert.equal(actionOf(key("Space", { target: element("button") }), NOWHERE), "");
  assert.equal(actionOf(key("ArrowUp"), NOWHERE), "");
  assert.equal(actionOf(key("ArrowUp"), { ...NOWHERE, isInPlayer: true }), "louder");
});

// --- Sound ---

class FakeVideo extends EventTarget {
  volume = 1;
  muted = false;
}

class FakeStorage {
  kept = {};
  getItem = (name) => this.kept[name] ?? null;
  setItem = (name, value) => {
    this.kept[name] = value;
  };
}

test("volume and mute are remembered", () => {
  const storage = new FakeStorage();
  const sound = new Sound(new FakeVideo(), storage);
  sound.set(0.3);
  sound.toggle();

  const next = new Sound(new FakeVideo(), storage);

  assert.equal(next.volume, 0.3);
  assert.equal(next.isMuted, true);
});

test("a mute that the browser forced is not remembered", () => {
  const storage = new FakeStorage();
  const sound = new Sound(new FakeVideo(), storage);
  sound.muteForAutoplay();
  assert.equal(sound.isForced, true);

  assert.equal(new Sound(new FakeVideo(), storage).isMuted, false);

  sound.toggle();
  assert.equal(sound.isForced, false);
  assert.equal(sound.isMuted, false);
});

test("unmuting at volume nothing is heard", () => {
  const sound = new Sound(new FakeVideo(), new FakeStorage());
  sound.set(0);

  sound.toggle();

  assert.equal(sound.isMuted, false);
  assert.equal(sound.volume, 0.5);
});

test("whatever else is stored counts as nothing", () => {
  for (const kept of ["{", "7", '{"volume": 9}', '{"volume": "loud"}', null]) {
    assert.deepEqual(recall({ getItem: () => kept }), { volume: 1, muted: false });
  }
});

// --- Support ---

const source = (supported) => ({ isTypeSupported: () => supported });
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X)";

test("a browser is told why it cannot play", () => {
  const none = { MediaSource: null, ManagedMediaSource: null, ReadableStream: {} };

  assert.equal(whyUnsupported({ ...none, userAgent: IPHONE }), "ios");
  assert.equal(whyUnsupported({ ...none, userAgent: "Opera/9.80" }), "browser");
  assert.equal(whyUnsupported({ ...none, MediaSource: source(false) }), "codec");
  assert.equal(whyUnsupported({ ...none, MediaSource: source(true) }), "");
  assert.equal(whyUnsupported({ ...none, ManagedMediaSource: source(true), userAgent: IPHONE }), "");
  assert.equal(
    whyUnsupported({ ...none, MediaSource: source(true), ReadableStream: null, userAgent: "x" }),
    "browser",
  );
});

// --- Failures ---

test("errors of mpegts.js become failures of ours", () => {
  assert.deepEqual(
    failureOf("NetworkError", "HttpStatusCodeInvalid", { code: 404, reason: "x", retryAfter: 3 }),
    { kind: "refused", status: 404, reason: "x", retryAfter: 3 },
  );
  assert.equal(failureOf("NetworkError", "Exception", { msg: "gone" }).kind, "network");
  assert.equal(failureOf("MediaError", "CodecUnsupported", {}).kind, "codec");
  assert.equal(
    failureOf("MediaError", "MediaMSEError", { msg: "The type provided is unsupported." }).kind,
    "codec",
  );
  assert.equal(failureOf("MediaError", "FormatError", { msg: "Invalid FLV tag" }).kind, "media");
  assert.equal(failureOf("MediaError", "FormatError").kind, "media");
});

// --- The socket ---

/** Stand-ins that write down what they are told. */
function listeners(state) {
  const heard = [];
  return {
    heard,
    session: {
      room: { state },
      roomIs(change) {
        heard.push(change);
        this.room = { ...this.room, ...change };
      },
      isTold: (told) => heard.push(told),
    },
    playback: { publisherChanged: () => heard.push("publisher changed") },
    serverClock: { sync: (time) => heard.push(time) },
  };
}

function feed(state) {
  const socket = new EventTarget();
  const all = listeners(state);
  followRoom(socket, { roomId: "mine", ...all });
  const say = (name, detail) => socket.dispatchEvent(new CustomEvent(name, { detail }));
  return { ...all, say };
}

test("events of this room reach the session, those of others do not", () => {
  const { say, heard } = feed("live");

  say("stream-ended", { roomId: "other", reason: "owner" });
  say("stream-ended", { roomId: "mine", reason: "owner" });

  assert.deepEqual(heard, [
    "publisher changed",
    { state: "ended", endReason: "owner", graceUntil: null },
  ]);
});

test("a publisher who leaves and returns changes the timing, a mere snapshot does not", () => {
  const { say, heard } = feed("live");

  say("stream-interrupted", { roomId: "mine", graceUntil: "soon" });
  say("stream-started", { roomId: "mine", startedAt: "now" });
  say("room-state", { roomId: "mine", state: "live", serverTime: "noon" });

  assert.deepEqual(heard, [
    "publisher changed",
    { state: "reconnecting", graceUntil: "soon", endReason: null },
    "publisher changed",
    { state: "live", graceUntil: null, endReason: null },
    "noon",
    { state: "live", graceUntil: null, endReason: null },
  ]);
});

test("the session knows whether anybody will tell it", () => {
  const { say, heard } = feed("waiting");

  for (const state of ["connecting", "open", "waiting", "connecting", "open"]) {
    say("connection", { state });
  }

  assert.deepEqual(heard, [true, true, false, true, true]);
});
