/** One viewer of one room: a session before an engine and tries that are in the test's hands. */

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

/** Have a room in this state watched. */
export function watch(state, { unsupported = "" } = {}) {
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

/** Have a live room watched whose picture moves. */
export function watchPlaying() {
  const all = watch("live");
  all.session.moving();
  return all;
}
