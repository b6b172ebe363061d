/** One viewer, one room: what the room's states, pauses and look-ups make of the connection, and what is shown. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { watch, watchPlaying } from "./watching.mjs";

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
