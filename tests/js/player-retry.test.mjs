/** Trying again: when, and when not any more. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Retry, backoff } from "../../static/js/player/retry.js";

class Timers {
  now = 0;
  planned = new Map();
  #next = 1;

  set = (action, seconds) => {
    const timer = this.#next;
    this.#next += 1;
    this.planned.set(timer, { action, due: this.now + seconds });
    return timer;
  };

  clear = (timer) => this.planned.delete(timer);

  pass(seconds) {
    this.now += seconds;
    for (const [timer, { action, due }] of [...this.planned]) {
      if (due <= this.now && this.planned.delete(timer)) action();
    }
  }
}

function make(timers, random = () => 1) {
  return new Retry({
    clock: () => timers.now,
    random,
    setTimer: timers.set,
    clearTimer: timers.clear,
  });
}

test("waits 1, 2, 4, 8, 15 seconds, and then always 15", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 60].map((attempt) => backoff(attempt, () => 1)),
    [1, 2, 4, 8, 15, 15, 15],
  );
});

test("a crowd is spread over half of each wait", () => {
  assert.equal(backoff(2, () => 0), 2);
  assert.equal(backoff(2, () => 0.5), 3);
});

test("each plan waits longer than the last until it succeeded", () => {
  const timers = new Timers();
  const retry = make(timers);
  const dues = [];
  for (let i = 0; i < 3; i += 1) {
    retry.plan(() => {});
    dues.push(retry.due - timers.now);
  }
  retry.succeeded();
  retry.plan(() => {});

  assert.deepEqual([...dues, retry.due - timers.now], [1, 2, 4, 1]);
});

test("only the last plan is carried out, once", () => {
  const timers = new Timers();
  const retry = make(timers);
  const done = [];
  retry.plan(() => done.push("first"));
  retry.plan(() => done.push("second"));

  timers.pass(60);
  timers.pass(60);

  assert.deepEqual(done, ["second"]);
  assert.equal(retry.due, null);
});

test("never before the server allows it", () => {
  const timers = new Timers();
  const retry = make(timers);

  retry.plan(() => {}, { atLeast: 42 });

  assert.equal(retry.due, 42);
});

test("now() brings a plan forward and does nothing without one", () => {
  const timers = new Timers();
  const retry = make(timers);
  let done = 0;
  retry.now();
  retry.plan(() => {
    done += 1;
  });

  retry.now();
  timers.pass(60);

  assert.equal(done, 1);
});

test("a cancelled plan never happens", () => {
  const timers = new Timers();
  const retry = make(timers);
  retry.plan(() => assert.fail("it was cancelled"));

  retry.cancel();
  timers.pass(60);

  assert.equal(retry.due, null);
});
