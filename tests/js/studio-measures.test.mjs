/** The studio's plots are fetched anew while there is something to see. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { mountMeasures } from "../../static/js/streams/measures.js";

function mounted({ state = "live", hidden = false, works = true } = {}) {
  const asked = [];
  const timers = [];
  const root = { dataset: { state, measures: "/measures/" } };
  const document = { hidden };
  const refresh = async (url) => asked.push(url) && works;
  mountMeasures(root, { document, refresh, setTimer: (action, ms) => timers.push({ action, ms }) });
  return { asked, timers, root };
}

test("on air they are fetched every five seconds", async () => {
  const { asked, timers } = mounted();
  await timers[0].action();
  await timers[1].action();
  assert.deepEqual(asked, ["/measures/", "/measures/"]);
  assert.deepEqual(timers.map(({ ms }) => ms), [5_000, 5_000, 5_000]);
});

test("nobody asks while nobody looks, or nothing is on air", async () => {
  for (const still of [mounted({ hidden: true }), mounted({ state: "waiting" })]) {
    await still.timers[0].action();
    assert.deepEqual(still.asked, []);
    assert.equal(still.timers.length, 2);
  }
});

test("a server that is away is left alone for a while", async () => {
  const { timers } = mounted({ works: false });
  await timers[0].action();
  assert.equal(timers[1].ms, 20_000);
});
