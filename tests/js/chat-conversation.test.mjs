import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation, MOST } from "../../static/js/chat/conversation.js";

const ME = 7;

function message(id, more = {}) {
  return { id, userId: 1, message: `message ${id}`, ...more };
}

function conversation(ids = [], { now = () => 0 } = {}) {
  const all = new Conversation({ now });
  all.open({ messages: ids.map((id) => message(id)), you: { userId: ME } });
  return all;
}

const ids = ({ messages }) => messages.map(({ id }) => id);
const states = ({ outgoing }) => outgoing.map(({ state }) => state);

test("messages are shown once and in the order of their ids", () => {
  const all = conversation([1, 2]);

  all.add(message(4));
  all.add(message(3));
  all.add(message(4));

  assert.deepEqual(ids(all), [1, 2, 3, 4]);
  assert.equal(all.lastId, 4);
});

test("the oldest go when there are too many", () => {
  const all = conversation(Array.from({ length: MOST }, (_, index) => index + 1));

  all.add(message(MOST + 1));

  assert.equal(all.messages.length, MOST);
  assert.deepEqual([ids(all)[0], all.lastId], [2, MOST + 1]);
});

test("a page that was away adds what it missed and marks what went", () => {
  const all = conversation([1, 2]);

  all.open({ messages: [message(3)], removed: [1], you: { userId: ME } });

  assert.deepEqual(ids(all), [1, 2, 3]);
  assert.deepEqual(all.messages.map(({ removed }) => removed), ["moderator", undefined, undefined]);
});

test("after a gap only the newest are shown, and that there is one", () => {
  const all = conversation([1, 2]);

  all.open({ messages: [message(500)], gap: true, you: { userId: ME } });

  assert.deepEqual([ids(all), all.hasGap], [[500], true]);
});

test("a message that is removed before it arrives is shown as removed", () => {
  const all = conversation([1]);

  all.remove({ messageId: 3, byModerator: false });
  all.add(message(3));

  assert.equal(all.messages.at(-1).removed, "author");
});

test("a person's messages are hidden up to the last one, and clearing takes all", () => {
  const all = conversation([1]);
  all.add(message(2, { userId: 9 }));
  all.add(message(3, { userId: 9 }));

  all.hide({ userId: 9, lastMessageId: 2 });
  assert.deepEqual(all.messages.map(({ removed }) => removed), [undefined, "moderator", undefined]);

  all.clear({ lastMessageId: 2 });
  assert.deepEqual(ids(all), [3]);
});

for (const [order, steps] of Object.entries({
  "the answer first": ["sent", "add"],
  "the message first": ["add", "sent"],
})) {
  test(`what one sends is shown at once and never twice: ${order}`, () => {
    const all = conversation([1]);
    const does = {
      sent: () => all.sent("n", 2),
      add: () => all.add(message(2, { userId: ME, nonce: "n" })),
    };

    all.sending({ nonce: "n", text: "hello" });
    assert.deepEqual(states(all), ["sending"]);
    for (const step of steps) does[step]();

    assert.deepEqual([ids(all), states(all)], [[1, 2], []]);
  });
}

test("somebody else's nonce settles nothing of ours", () => {
  const all = conversation();
  all.sending({ nonce: "n", text: "hello" });

  all.add(message(2, { userId: 1, nonce: "n" }));

  assert.deepEqual(states(all), ["sending"]);
});

test("what was written before the connection broke is not sent again", () => {
  const all = conversation([1]);
  all.sending({ nonce: "a", text: "hello  there" });
  all.sending({ nonce: "b", text: "hello there" });
  all.lost("a");
  all.lost("b");

  const written = message(2, { userId: ME, message: "hello there" });
  all.open({ messages: [written], you: { userId: ME } });

  assert.deepEqual(all.toSendAgain().map(({ nonce }) => nonce), ["b"]);
});

test("what is too old to be sent again by itself has failed", () => {
  let time = 0;
  const all = conversation([], { now: () => time });
  all.sending({ nonce: "n", text: "hello" });
  all.lost("n");
  time = 61_000;

  assert.deepEqual(all.toSendAgain(), []);
  assert.deepEqual(states(all), ["failed"]);
});

test("every change is announced", () => {
  const all = conversation();
  let changes = 0;
  all.addEventListener("change", () => (changes += 1));

  all.add(message(1));
  all.sending({ nonce: "n", text: "hello" });
  all.drop("n");

  assert.equal(changes, 3);
});

test("what waits for a moderator is still there after a reload", () => {
  const all = new Conversation({ now: () => 0 });
  const held = [{ heldId: 5, message: "hmm", timestamp: "2026-01-01T00:00:00Z" }];

  all.open({ messages: [message(1)], you: { userId: ME }, held });
  all.open({ messages: [], you: { userId: ME }, held });

  assert.deepEqual(all.outgoing.map(({ text, state, heldId }) => [text, state, heldId]), [["hmm", "held", 5]]);
  all.settle({ heldId: 5, outcome: "approved" });
  assert.deepEqual(states(all), []);
});

test("what was kept out while the page was away waits no more", () => {
  const all = conversation([1]);
  all.sending({ nonce: "a", text: "hmm" });
  all.held("a", 5);

  all.open({ messages: [], you: { userId: ME }, held: [] });

  assert.deepEqual(states(all), ["denied"]);
});
