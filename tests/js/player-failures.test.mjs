/** Connections that fail: what is tried again and when, what is final, and what is shown. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { watch, watchPlaying } from "./watching.mjs";

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
