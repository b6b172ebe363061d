import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation } from "../../static/js/chat/conversation.js";
import { barTo } from "../../static/js/chat/entry.js";
import { Queue } from "../../static/js/chat/held.js";
import { chipText, timeText } from "../../static/js/chat/modes.js";
import { resultText, treatmentOf, treatmentText } from "../../static/js/chat/words.js";

const held = (heldId) => ({ heldId, message: "hmm" });
const TIMES = { textMinutes: "{count} min", textHours: "{count} h", textDays: "{count} d" };

test("the queue has each message once and loses it when it is decided", () => {
  const queue = new Queue();
  queue.open({ count: 1, held: [held(1)] });
  queue.add(held(1));
  queue.add(held(2));

  assert.deepEqual(queue.held.map(({ heldId }) => heldId), [1, 2]);
  assert.equal(queue.count, 2);
  assert.ok(queue.settle({ heldId: 1 }));
  assert.ok(!queue.settle({ heldId: 1 }));
  assert.equal(queue.count, 1);
});

test("a queue that is longer than what was told counts on, and keeps the oldest", () => {
  const queue = new Queue();
  queue.open({ count: 51, held: [held(1), held(2)] });
  queue.add(held(99));

  assert.equal(queue.count, 52);
  assert.ok(queue.hasMore);
  assert.deepEqual(queue.held.map(({ heldId }) => heldId), [1, 2]);
});

test("a held message stays with its author until a moderator decides", () => {
  const conversation = new Conversation();
  conversation.sending({ nonce: "a", text: "hmm" });
  conversation.sending({ nonce: "b", text: "hmm too" });
  conversation.held("a", 1);
  conversation.held("b", 2);
  assert.deepEqual(conversation.outgoing.map(({ state }) => state), ["held", "held"]);
  assert.deepEqual(conversation.toSendAgain(), []);

  conversation.settle({ heldId: 1, outcome: "approved" });
  conversation.settle({ heldId: 2, outcome: "denied" });
  conversation.settle({ heldId: 3, outcome: "denied" });

  assert.deepEqual(conversation.outgoing.map(({ nonce, state }) => [nonce, state]), [["b", "denied"]]);
});

test("one that was let through while the page was away is shown once", () => {
  const conversation = new Conversation();
  conversation.open({ messages: [], you: { userId: 7 } });
  conversation.sending({ nonce: "a", text: "hmm" });
  conversation.held("a", 1);

  conversation.open({ messages: [{ id: 5, userId: 7, message: "hmm" }], you: { userId: 7 } });

  assert.deepEqual(conversation.outgoing, []);
  assert.equal(conversation.messages.length, 1);
});

test("modes keep out who does not follow, for as long as it takes", () => {
  const now = 100 * 60_000;
  const facts = { followed: null, joined: 0, isVerified: false };
  const followers = { followersOnly: true, followersMinutes: 10 };

  assert.equal(barTo({}, facts, now), null);
  assert.deepEqual(barTo(followers, facts, now), { kind: "follow", minutes: 10 });
  assert.deepEqual(barTo(followers, { ...facts, followed: now - 4 * 60_000 }, now), { kind: "wait", minutes: 6 });
  assert.equal(barTo(followers, { ...facts, followed: now - 10 * 60_000 }, now), null);
  assert.equal(barTo({ ...followers, followersMinutes: 0 }, { ...facts, followed: now }, now), null);
  assert.equal(barTo({ verifiedOnly: true }, facts, now).kind, "verify");
  assert.deepEqual(barTo({ accountAgeMinutes: 160 }, facts, now), { kind: "young", minutes: 60 });
  assert.equal(barTo({ accountAgeMinutes: 60 }, facts, now), null);
});

test("times are told in the largest unit that fits", () => {
  const told = [1, 9.2, 59, 60, 61, 2879, 2880, 10_080].map((minutes) => timeText(minutes, TIMES));

  assert.deepEqual(told, ["1 min", "10 min", "59 min", "1 h", "2 h", "48 h", "2 d", "7 d"]);
});

test("a chip says how long one must have followed", () => {
  const chip = { mode: "followersOnly", minutes: "followersMinutes", text: "Followers: {time}", textAny: "Followers" };

  assert.equal(chipText({ ...chip, ...TIMES }, { followersOnly: true, followersMinutes: 0 }), "Followers");
  assert.equal(chipText({ ...chip, ...TIMES }, { followersOnly: true, followersMinutes: 90 }), "Followers: 2 h");
  assert.equal(chipText({ mode: "slowSeconds", text: "{seconds} s" }, { slowSeconds: 5 }), "5 s");
});

test("what happens to a word's messages is told in words", () => {
  const texts = { textHold: "Hold", textHide: "Refuse", textTimeOut60: "1 minute" };
  const told = { textPasses: "Passes.", textFound: "{word}: {treatment}" };

  assert.deepEqual(treatmentOf("hold"), { treatment: "hold", seconds: 0 });
  assert.deepEqual(treatmentOf("time-out 60"), { treatment: "time-out", seconds: 60 });
  assert.equal(treatmentText({ treatment: "time-out", seconds: 60 }, texts), "1 minute");
  assert.equal(resultText({ word: null }, told, texts), "Passes.");
  assert.equal(resultText({ word: "x", treatment: "hide", seconds: 0 }, told, texts), "x: Refuse");
});
