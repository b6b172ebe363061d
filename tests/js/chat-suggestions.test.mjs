import assert from "node:assert/strict";
import { test } from "node:test";

import { EMOJI } from "../../static/js/chat/emoji-data.js";
import { isComplete, MOST, peopleIn, suggestEmoji, suggestPeople, wordAt } from "../../static/js/chat/suggestions.js";

const ADA = { userId: 1, username: "ada", displayName: "Ada" };
const LINH = { userId: 2, username: "linh", displayName: "Linh Nguyễn" };
const DUC = { userId: 3, username: "duc_92", displayName: "Đức" };
const said = (person) => ({ ...person, message: "hello" });
const names = (people) => people.map(({ username }) => username);

test("a name begins with an at sign at the beginning of a word", () => {
  assert.deepEqual(wordAt("@li", 3), { kind: "person", query: "li", start: 0, end: 3 });
  assert.deepEqual(wordAt("chào @lin nhé", 9), { kind: "person", query: "lin", start: 5, end: 9 });
  assert.equal(wordAt("(@đứ", 4).query, "đứ");
  for (const text of ["@", "x@li", "@@li", "li", "@li ", "a.@li"]) assert.equal(wordAt(text, text.length), null);
});

test("an emoji begins with a colon and two letters, times and addresses are none", () => {
  assert.deepEqual(wordAt("wow :fi", 7), { kind: "emoji", query: "fi", start: 4, end: 7 });
  assert.equal(wordAt(":cườ", 4).query, "cườ");
  for (const text of [":f", "12:30", "https://ab", "a:fire", ":fire:", "::fi"]) {
    assert.equal(wordAt(text, text.length), null);
  }
});

test("only what stands before the cursor counts", () => {
  assert.deepEqual(wordAt("@linh", 3), { kind: "person", query: "li", start: 0, end: 3 });
  assert.equal(wordAt("@linh", 0), null);
});

test("people are those who spoke, the last one first, the streamer, and never oneself", () => {
  const messages = [said(ADA), said(DUC), said(ADA), { ...said(ADA), userId: null, username: "" }];

  assert.deepEqual(names(peopleIn(messages, LINH, null)), ["ada", "duc_92", "linh"]);
  assert.deepEqual(names(peopleIn([...messages, said(LINH)], LINH, ADA.userId)), ["linh", "duc_92"]);
});

test("names are found by their beginning, marks and case aside, user names first", () => {
  const everybody = [LINH, DUC, ADA, { userId: 4, username: "nguyen", displayName: "Bình" }];

  assert.deepEqual(names(suggestPeople(everybody, "NGU")), ["nguyen", "linh"]);
  assert.deepEqual(names(suggestPeople(everybody, "duc")), ["duc_92"]);
  assert.deepEqual(names(suggestPeople(everybody, "Đứ")), ["duc_92"]);
  assert.deepEqual(names(suggestPeople(everybody, "inh")), []);
});

test("there are never more than fit", () => {
  const crowd = Array.from({ length: 50 }, (_, userId) => ({ userId, username: `a${userId}`, displayName: "" }));

  assert.equal(suggestPeople(crowd, "a").length, MOST);
  assert.equal(suggestEmoji(EMOJI, "face").length, MOST);
});

test("emoji are found in both languages", () => {
  assert.equal(suggestEmoji(EMOJI, "fire")[0][0], "🔥");
  assert.ok(suggestEmoji(EMOJI, "lửa").some(([picture]) => picture === "🔥"));
});

test("a whole name needs no list: Enter is there to send", () => {
  const word = (query) => ({ kind: "person", query });

  assert.ok(isComplete(word("Ada"), [ADA]));
  assert.ok(!isComplete(word("ad"), [ADA]));
  assert.ok(!isComplete(word("ada"), [ADA, { ...ADA, username: "adam" }]));
});
