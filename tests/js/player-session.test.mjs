/** One viewer, one room: what connects, what tries again, what gives up, what is shown. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../static/js/player/session.js";

class FakeEngine extends EventTarget {
  starts = 0;
  isRunning = false;

  start() {
    this.starts += 1;
    this.isRunning = true;
  }

  stop() {
    this.isRunning = false;
  }

  fail(detail) {
    this.isRunning = false;
    this.dispatchEvent(new CustomEvent("failed", { detail }));
  }
}

class FakeRetry {
  action = null;
  successes = 0;
  atLeast = null;

  get due() {
    return this.action && 1;
  }

  plan(action, { atLeast }) {
    this.action = action;
    this.atLeast = atLeast;
  }

  now() {
    const { action } = this;
    this.action = null;
    action?.();
  }

  cancel() {
    this.action = null;
  }

  succeeded() {
    this.successes += 1;
  }
}

function watch(state, { unsupported = "" } = {}) {
  const time = { now: 0 };
  const engine = new FakeEngine();
  const retry = new FakeRetry();
  const session = new Session({
    engine,
    retry,
    clock: () => time.now,
    room: { state, graceUntil: null, endReason: "" },
    unsupported,
  });
  session.start();
  return { session, engine, retry, time };
}

function watchPlaying() {
  const all = watch("live");
  all.session.moving();
  return all;
}

test("a live room is connected to, and live once the picture moves", () => {
  const { session, engine } = watch("live");
  assert.equal(session.face, "connecting");

  session.moving();

  assert.equal(session.face, "live");
  assert.equal(engine.starts, 1);
});

test("a waiting room opens no connection until it goes live, then by itself", () => {
  const { session, engine } = watch("waiting");
  assert.equal(session.face, "waiting");
  assert.equal(engine.starts, 0);

  session.roomIs({ state: "live" });

  assert.equal(session.face, "connecting");
  assert.equal(engine.starts, 1);
});

test("an ended room is never connected to", () => {
  const { session, engine } = watch("ended");

  session.play();
  session.networkIsBack();

  assert.equal(session.face, "ended");
  assert.equal(engine.starts, 0);
});

test("the end of the room closes the connection and every plan", () => {
  const { session, engine, retry } = watchPlaying();
  engine.fail({ kind: "network" });

  session.roomIs({ state: "ended", endReason: "owner" });

  assert.equal(session.face, "ended");
  assert.equal(session.room.endReason, "owner");
  assert.equal(retry.due, null);
  assert.equal(engine.isRunning, false);
});

test("a publisher who is away and back costs no connection and no reload", () => {
  const { session, engine } = watchPlaying();
  const faces = [];
  session.addEventListener("change", () => faces.push(session.face));

  session.roomIs({ state: "reconnecting", graceUntil: "2030-01-01T00:00:00Z" });
  session.stalled();
  session.moving();
  session.roomIs({ state: "live", graceUntil: null });

  assert.deepEqual(faces, ["live", "reconnecting", "live", "live"]);
  assert.equal(engine.starts, 1);
});

test("no data is due while the publisher is away", () => {
  const { session } = watchPlaying();
  assert.equal(session.dataIsDue, true);

  session.roomIs({ state: "reconnecting" });

  assert.equal(session.dataIsDue, false);
});

test("a lost connection is tried again, and the plan is shown", () => {
  const { session, engine, retry } = watchPlaying();

  engine.fail({ kind: "network" });
  assert.equal(session.face, "retrying");
  assert.equal(session.retryDue, 1);

  retry.now();
  assert.equal(session.face, "connecting");
  assert.equal(engine.starts, 2);
});

test("a stream that the server closed is tried again too", () => {
  const { engine, retry } = watchPlaying();

  engine.fail({ kind: "finished" });
  retry.now();

  assert.equal(engine.starts, 2);
});

test("the room going live again ends the wait for the next try", () => {
  const { session, engine } = watchPlaying();
  session.roomIs({ state: "reconnecting" });
  engine.fail({ kind: "finished" });

  session.roomIs({ state: "live" });

  assert.equal(engine.starts, 2);
});

test("the network coming back ends the wait for the next try", () => {
  const { session, engine } = watchPlaying();
  engine.fail({ kind: "network" });

  session.networkIsBack();

  assert.equal(engine.starts, 2);
});

test("only a picture that lasted makes the next failure the first again", () => {
  const { session, retry, time } = watch("live");
  session.moving();
  time.now = 9;
  session.moving();
  assert.equal(retry.successes, 0);

  time.now = 11;
  session.moving();

  assert.equal(retry.successes, 1);
});

test("the server's wish to be left alone is respected", () => {
  const { engine, retry } = watch("live");

  engine.fail({ kind: "refused", status: 429, reason: "too-fast", retryAfter: 30 });

  assert.equal(retry.atLeast, 30);
});

test("who is one too many is told so, who lost the connection is not", () => {
  const { session, engine, retry } = watch("live");

  engine.fail({ kind: "refused", status: 429, reason: "too-fast", retryAfter: 5 });
  assert.deepEqual([session.face, session.isFull], ["retrying", true]);

  retry.now();
  engine.fail({ kind: "network" });
  assert.deepEqual([session.face, session.isFull], ["retrying", false]);
});

for (const [reason, error] of [
  ["banned-from-room", "banned"],
  ["room-locked", "locked"],
]) {
  test(`the face of ${error} says why there is no picture`, () => {
    const { session, engine } = watch("live");

    engine.fail({ kind: "refused", status: 403, reason });

    assert.deepEqual([session.face, session.error], ["error", error]);
  });
}

test("a refusal tells about the room even when the socket is down", () => {
  const over = watch("live");
  over.engine.fail({ kind: "refused", status: 404, reason: "stream-ended" });
  assert.equal(over.session.face, "ended");

  const early = watch("live");
  early.engine.fail({ kind: "refused", status: 404, reason: "stream-not-live" });
  assert.equal(early.session.face, "waiting");
  early.retry.now();
  assert.equal(early.engine.starts, 2);
});

for (const [status, error] of [
  [404, "gone"],
  [403, "forbidden"],
  [401, "forbidden"],
]) {
  test(`a ${status} is final, until the viewer asks again`, () => {
    const { session, engine, retry } = watch("live");

    engine.fail({ kind: "refused", status, reason: "" });
    assert.equal(session.face, "error");
    assert.equal(session.error, error);
    assert.equal(retry.due, null);

    session.play();
    assert.equal(session.face, "connecting");
    assert.equal(engine.starts, 2);
  });
}

test("a server error is tried again", () => {
  const { session, engine } = watch("live");

  engine.fail({ kind: "refused", status: 503, reason: "restarting" });

  assert.equal(session.face, "retrying");
});

test("a picture that cannot be decoded is rebuilt three times, then the viewer is asked", () => {
  const { session, engine, retry } = watch("live");
  for (let i = 0; i < 3; i += 1) {
    engine.fail({ kind: "media" });
    retry.now();
  }

  engine.fail({ kind: "media" });

  assert.equal(session.face, "error");
  assert.equal(session.error, "media");
});

test("a codec that the browser does not know is said, not tried again", () => {
  const { session, engine, retry } = watch("live");

  engine.fail({ kind: "codec" });

  assert.equal(session.face, "unsupported");
  assert.equal(session.unsupported, "codec");
  assert.equal(retry.due, null);
});

test("an unsupported browser opens no connection but still hears of the end", () => {
  const { session, engine } = watch("live", { unsupported: "ios" });
  assert.equal(session.face, "unsupported");
  assert.equal(engine.starts, 0);

  session.roomIs({ state: "ended" });

  assert.equal(session.face, "ended");
});

test("a pause keeps the connection, a long one lets it go, playing brings it back", () => {
  const { session, engine } = watchPlaying();
  session.pause();
  assert.equal(session.face, "paused");
  assert.equal(engine.isRunning, true);

  session.park();
  assert.equal(engine.isRunning, false);
  assert.equal(session.face, "paused");

  session.play();
  assert.equal(session.face, "connecting");
  assert.equal(engine.starts, 2);
});

test("a connection that breaks during a pause is made anew only for playing", () => {
  const { session, engine, retry } = watchPlaying();
  session.pause();

  engine.fail({ kind: "network" });
  assert.equal(session.face, "paused");
  assert.equal(retry.due, null);

  session.play();
  assert.equal(engine.starts, 2);
});

test("a paused viewer is not connected to a room that goes live", () => {
  const { session, engine } = watch("waiting");
  session.pause();

  session.roomIs({ state: "live" });

  assert.equal(session.face, "paused");
  assert.equal(engine.starts, 0);
});

test("a connection that went silent is replaced, but only while there is one", () => {
  const { session, engine } = watchPlaying();
  session.reconnect();
  assert.equal(engine.starts, 2);

  session.roomIs({ state: "ended" });
  session.reconnect();

  assert.equal(engine.starts, 2);
});

test("a picture from a connection that is gone does not count", () => {
  const { session, engine } = watchPlaying();
  engine.fail({ kind: "network" });

  session.moving();

  assert.equal(session.face, "retrying");
});

test("a waiting room is looked up by trying while the socket is down", () => {
  const { session, engine, retry } = watch("waiting");
  session.isTold(false);
  retry.now();
  assert.equal(engine.starts, 1);

  engine.fail({ kind: "refused", status: 404, reason: "stream-not-live" });
  assert.equal(session.face, "waiting");

  retry.now();
  session.moving();
  assert.equal(session.face, "live");
});

test("the look-ups end when the socket tells again", () => {
  const { session, engine, retry } = watch("waiting");
  session.isTold(false);

  session.isTold(true);
  session.roomIs({ state: "waiting" });

  assert.equal(retry.due, null);
  assert.equal(engine.starts, 0);
});
