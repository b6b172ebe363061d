/** The one latency mechanism, on a simulated network: no browser, no waiting. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Latency, rateFor } from "../../static/js/player/latency.js";

const STEP = 0.2;

/** Play `seconds` with advice taken; `network(now)` is the media time that has arrived. */
function play(latency, state, seconds, network) {
  const until = state.now + seconds;
  while (state.now < until) {
    state.now += STEP;
    const end = network(state.now);
    state.position = Math.min(end, state.position + STEP * state.rate);
    const advice = latency.advise({ now: state.now, position: state.position, end });
    state.rate = advice.rate;
    state.rates.add(advice.rate);
    if (advice.skipTo !== undefined) {
      state.skips += 1;
      state.position = advice.skipTo;
    }
    state.behind = end - state.position;
    state.lowest = Math.min(state.lowest, state.behind);
  }
  return state;
}

function viewer({ behind }) {
  return { now: 0, position: -behind, rate: 1, rates: new Set(), skips: 0, behind, lowest: Infinity };
}

const live = (now) => now;

test("a joiner who got a whole GOP skips to the live edge at once", () => {
  const latency = new Latency();
  latency.begin(0);

  const state = play(latency, viewer({ behind: 8 }), 1, live);

  assert.equal(state.skips, 1);
  assert.ok(state.behind < 0.7, `${state.behind} s behind`);
});

test("a small lag is played away without a skip and without being heard", () => {
  const latency = new Latency();

  const state = play(latency, viewer({ behind: 1.4 }), 20, live);

  assert.equal(state.skips, 0);
  assert.ok(Math.max(...state.rates) <= 1.1);
  assert.ok(Math.abs(state.behind - latency.target) < 0.1, `${state.behind} s behind`);
});

test("a thin buffer is filled by playing slower", () => {
  const latency = new Latency();

  const state = play(latency, viewer({ behind: 0.1 }), 8, live);

  assert.ok(Math.min(...state.rates) >= 0.9);
  assert.ok(state.behind > 0.3, `${state.behind} s behind`);
});

test("data that comes in bursts is judged by the lowest level between them", () => {
  const latency = new Latency();
  const bursts = (now) => Math.floor(now + 1e-9); // A whole second at a time.

  const state = play(latency, viewer({ behind: 2 }), 20, bursts);
  state.lowest = Infinity;
  play(latency, state, 20, bursts);

  assert.equal(state.skips, 0);
  assert.ok(state.lowest > 0.2 && state.lowest < 0.7, `${state.lowest} s at the lowest`);
});

test("a stall raises the target, up to a ceiling, and calm lowers it again", () => {
  const latency = new Latency();
  const calm = latency.target;
  latency.stalled(0);
  const once = latency.target;
  for (let i = 0; i < 50; i += 1) latency.stalled(0);

  assert.ok(once > calm);
  assert.equal(latency.target, 2.5);

  play(latency, viewer({ behind: 2.5 }), 300, live);

  assert.equal(latency.target, calm);
});

test("stalls that the publisher caused are forgiven", () => {
  const latency = new Latency();
  const before = latency.target;
  latency.stalled(100);
  latency.stalled(101);

  latency.forgive(102);

  assert.equal(latency.target, before);
});

test("stalls from before the publisher left are not forgiven", () => {
  const latency = new Latency();
  latency.stalled(10);
  const after = latency.target;

  latency.forgive(60);

  assert.equal(latency.target, after);
});

test("after a stall what piled up is skipped within a second", () => {
  const latency = new Latency();
  const state = play(latency, viewer({ behind: 0.4 }), 10, live);
  latency.stalled(state.now);
  state.now += 3;

  play(latency, state, 1, live);

  assert.equal(state.skips, 1);
  assert.ok(state.behind < latency.target + 0.3);
});

test("two skips keep their distance", () => {
  const latency = new Latency({ patience: 5 });
  latency.begin(0);
  const state = viewer({ behind: 9 });
  const unskippable = (now) => now + 9 * Math.ceil(now / STEP); // The edge runs away.

  play(latency, state, 4, unskippable);

  assert.equal(state.skips, 1);
});

test("a correction goes on until the target is reached, then stops", () => {
  assert.equal(rateFor(0.1), 1);
  assert.equal(rateFor(0.1, 1.05), 1.05);
  assert.equal(rateFor(0.01, 1.05), 1);
  assert.equal(rateFor(-0.1, 0.95), 0.95);
  assert.equal(rateFor(-0.01, 0.95), 1);
  assert.equal(rateFor(10), 1.1);
});
