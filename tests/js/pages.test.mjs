import assert from "node:assert/strict";
import { test } from "node:test";

import { gathered, spread } from "../../static/js/core/regions.js";
import { figuresOf } from "../../static/js/streams/health.js";
import { FakeTime } from "./fakes.mjs";

const health = {
  videoCodec: "H.264",
  audioCodec: "AAC",
  width: 1920,
  height: 1080,
  fps: 59.94,
  bitrateKbps: 4541,
  videoKbps: 4300,
  audioKbps: 160,
  keyframeSeconds: 2,
  reconnects: 1,
  encoder: "OBS",
};

test("figures are written as the page's language writes numbers", () => {
  const vi = figuresOf(health, "vi");
  const en = figuresOf(health, "en");

  assert.deepEqual([vi.fps, en.fps], ["59,9", "59.9"]);
  assert.deepEqual([vi.bitrate, vi.size, vi.keyframe, vi.reconnects], ["4541", "1920×1080", "2", "1"]);
});

test("what is not known yet is a dash, and the sidecar's bitrate stands in", () => {
  const bare = { ...health, videoCodec: "", width: null, fps: null, bitrateKbps: null, encoder: "" };

  const { video, size, fps, bitrate, encoder } = figuresOf(bare, "en");

  assert.deepEqual([video, size, fps, encoder], ["–", "–", "–", "–"]);
  assert.equal(bitrate, "4460");
});

test("several calls at once are one", async () => {
  const time = new FakeTime();
  let calls = 0;
  const refresh = gathered(
    () => (calls += 1),
    () => 150,
    time.setTimer,
  );

  refresh();
  refresh();
  await time.pass(150);
  refresh();
  await time.pass(150);

  assert.equal(calls, 2);
});

test("a crowd comes back over the whole time", () => {
  assert.deepEqual([spread(3, () => 0), spread(3, () => 0.5)], [0, 1500]);
});
