import assert from "node:assert/strict";
import { test } from "node:test";

import { mountBanner } from "../../static/js/chat/banner.js";
import { commandOf } from "../../static/js/chat/card.js";
import { answerTo, commandIn, doing, requestOf } from "../../static/js/chat/commands.js";
import { isSendKey, lengthOf } from "../../static/js/chat/composer.js";
import { Countdown } from "../../static/js/chat/countdown.js";
import { Recent, TONES, search, withPictures, withTone } from "../../static/js/chat/emoji.js";
import { EMOJI } from "../../static/js/chat/emoji-data.js";
import { lengthInWords } from "../../static/js/chat/lengths.js";
import { unseenText } from "../../static/js/chat/log.js";
import { hueOf, isBigEmoji, mentions, pieces } from "../../static/js/chat/text.js";
import { FakeElement, FakeTime } from "./fakes.mjs";

const links = (text) => pieces(text).filter(({ href }) => href);
const textOf = (text) => pieces(text).map((piece) => piece.text).join("");

test("addresses are links up to the sentence's own punctuation", () => {
  const found = links("see https://example.org/a?b=1, or (http://x.vn/y).");

  assert.deepEqual(found.map(({ href }) => href), ["https://example.org/a?b=1", "http://x.vn/y"]);
});

test("nothing but http and https is a link", () => {
  for (const text of ["javascript:alert(1)", "data:text/html,x", "ftp://a.b", "https://", "a.b"]) {
    assert.deepEqual(links(text), []);
    assert.equal(textOf(text), text);
  }
});

test("a host in letters that look like others is shown as what it is", () => {
  const [link] = links("https://раypal.com/login");

  assert.match(link.text, /^https:\/\/xn--/);
});

test("names after an at sign are mentions, e-mail addresses are not", () => {
  const found = pieces("@ada, hỏi @bob_1. x@y.z").filter(({ username }) => username);

  assert.deepEqual(found.map(({ username }) => username), ["ada", "bob_1"]);
  assert.equal(textOf("@ada, hỏi @bob_1. x@y.z"), "@ada, hỏi @bob_1. x@y.z");
});

test("one is mentioned whatever the case, and only as a whole name", () => {
  assert.ok(mentions("chào @Ada!", "ada"));
  assert.ok(!mentions("chào @adam", "ada"));
  assert.ok(!mentions("@", ""));
});

test("a few emoji alone are large", () => {
  const large = ["😀", "❤️ 👍🏽", "👨‍👩‍👧", "🇻🇳", "1️⃣"].map(isBigEmoji);
  const normal = ["hi 😀", "123", "", "😀".repeat(7)].map(isBigEmoji);

  assert.deepEqual([...new Set(large)], [true]);
  assert.deepEqual([...new Set(normal)], [false]);
});

test("a person's hue is always the same, and nobody's is none", () => {
  assert.equal(hueOf(5), hueOf(5));
  assert.ok(hueOf(123_456) < 12);
  assert.equal(hueOf(null), null);
});

test("Enter sends, but never while a word is composed", () => {
  const enter = { key: "Enter", keyCode: 13 };

  assert.ok(isSendKey(enter));
  assert.ok(!isSendKey({ ...enter, shiftKey: true }));
  assert.ok(!isSendKey({ ...enter, isComposing: true }));
  assert.ok(!isSendKey({ ...enter, keyCode: 229 }));
  assert.ok(!isSendKey({ ...enter, key: "a" }));
});

test("lengths are counted as the server counts them", () => {
  assert.equal(lengthOf("ệ".normalize("NFD")), 1);
  assert.equal(lengthOf(" 😀 "), 1);
});

test("a countdown says each second, and a later end wins", async () => {
  const time = new FakeTime();
  const said = [];
  const countdown = new Countdown((seconds) => said.push(seconds), time);

  countdown.start(2_500);
  countdown.start(1_000);
  await time.pass(2_500);

  assert.deepEqual(said, [3, 2, 1, 0]);
  assert.ok(!countdown.isRunning);
  assert.equal(time.pending, 0);
});

test("the pill counts in the page's language", () => {
  const texts = { textNone: "newest", textOne: "1 new message", textOther: "{count} new messages" };
  const [en, vi] = [new Intl.PluralRules("en"), new Intl.PluralRules("vi")];

  assert.deepEqual(
    [0, 1, 12].map((count) => unseenText(count, texts, en)),
    ["newest", "1 new message", "12 new messages"],
  );
  assert.equal(unseenText(1, { ...texts, textOther: "{count} tin" }, vi), "1 tin");
});

test("the banner counts down to the next try and is silent about short waits", async () => {
  const time = new FakeTime();
  const socket = new EventTarget();
  const banner = new FakeElement();
  banner.hidden = true;
  banner.dataset = { textConnecting: "connecting", textWaiting: "again in {seconds}", textClosed: "closed" };
  mountBanner(banner, socket, time);
  const become = (state, retryAt = null) =>
    socket.dispatchEvent(new CustomEvent("connection", { detail: { state, retryAt } }));

  become("connecting");
  await time.pass(1_000);
  assert.ok(banner.hidden);
  become("open");
  await time.pass(5_000);
  assert.ok(banner.hidden);

  become("waiting", time.now() + 2_000);
  assert.deepEqual([banner.hidden, banner.textContent], [false, "again in 2"]);
  await time.pass(1_000);
  assert.equal(banner.textContent, "again in 1");
  become("connecting");
  assert.equal(banner.textContent, "connecting");
  become("open");
  assert.ok(banner.hidden);
});

test("emoji are found by either language's name, with or without marks", () => {
  const first = (words) => search(EMOJI, words)[0]?.[0];

  assert.equal(first("heart"), "❤️");
  assert.equal(first(":fire"), "🔥");
  assert.ok(search(EMOJI, "cuoi").some(([picture]) => picture === "😂"));
  assert.ok(search(EMOJI, "cười").some(([picture]) => picture === "😂"));
  assert.equal(search(EMOJI, "").length, EMOJI.length);
  assert.deepEqual(search(EMOJI, "no such thing"), []);
});

test("shortcodes become pictures, what is none stays", () => {
  assert.equal(withPictures("wow :fire: :nothing: 12:30:45", EMOJI), "wow 🔥 :nothing: 12:30:45");
});

test("shortcodes and pictures are there once", () => {
  assert.equal(new Set(EMOJI.map(([picture]) => picture)).size, EMOJI.length);
  assert.equal(new Set(EMOJI.map(([, code]) => code)).size, EMOJI.length);
});

test("those that Unicode lets have one get the reader's skin tone", () => {
  assert.equal(withTone("👋", TONES[2]), "👋🏽");
  assert.equal(withTone("✌️", TONES[0]), "✌🏻");
  assert.equal(withTone("🔥", TONES[2]), "🔥");
  assert.equal(withTone("✌️", ""), "✌️");
  assert.equal(withTone("👋", "x"), "👋");
});

test("the last used come first, and a browser that stores nothing is no problem", () => {
  const stored = new Map();
  const storage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) };
  const recent = new Recent(storage);
  const forbidden = new Recent({ getItem: () => { throw new Error("no"); }, setItem: () => { throw new Error("no"); } });

  recent.add("😀");
  recent.add("🔥");
  recent.add("😀");
  forbidden.add("😀");

  assert.deepEqual(recent.all, ["😀", "🔥"]);
  assert.deepEqual(forbidden.all, []);
});

test("commands are told from messages, and moderators have more of them", () => {
  const moderator = { canModerate: true };

  for (const text of ["hello", "/me waves", "and/or", "/ x", "/home/x"]) assert.equal(commandIn(text), null);
  assert.deepEqual(commandIn("/help"), { name: "help" });
  for (const text of ["/clear", "/slow 5", "/bann ada", "/me"]) {
    assert.deepEqual(commandIn(text), { name: "unknown" });
  }
  assert.deepEqual(commandIn("/clear", moderator), { name: "clear" });
  assert.deepEqual(commandIn("/slow 5", moderator), { name: "slow", seconds: 5 });
  assert.deepEqual(commandIn("/slow off", moderator), { name: "slow", seconds: 0 });
  assert.deepEqual(commandIn("/slow", moderator), { name: "slow", seconds: 30 });
});

test("moderators act on people by their names", () => {
  const moderator = { canModerate: true };
  const commands = {
    "/timeout ada": { name: "timeout", username: "ada", seconds: 600, reason: "" },
    "/timeout @ada 30": { name: "timeout", username: "ada", seconds: 30, reason: "" },
    "/TIMEOUT ada 10m too loud": { name: "timeout", username: "ada", seconds: 600, reason: "too loud" },
    "/timeout ada too loud": { name: "timeout", username: "ada", seconds: 600, reason: "too loud" },
    "/ban ada": { name: "ban", username: "ada", reason: "" },
    "/ban ada spam, again": { name: "ban", username: "ada", reason: "spam, again" },
    "/ban ada 3 warnings": { name: "ban", username: "ada", reason: "3 warnings" },
    "/ban @ada 10m": { name: "ban", username: "ada", seconds: 600, reason: "" },
    "/ban ada 1H spam, again": { name: "ban", username: "ada", seconds: 3600, reason: "spam, again" },
    "/ban ada 7d 3 warnings": { name: "ban", username: "ada", seconds: 604_800, reason: "3 warnings" },
    "/timeout ada 1w": { name: "timeout", username: "ada", seconds: 604_800, reason: "" },
    "/unban @ada": { name: "unban", username: "ada" },
    "/followers": { name: "followers", minutes: 0 },
    "/followers 10": { name: "followers", minutes: 10 },
    "/followers off": { name: "followers", minutes: null },
    "/mods": { name: "mods" },
  };
  for (const [text, command] of Object.entries(commands)) {
    assert.deepEqual(commandIn(text, moderator), command);
  }
  for (const text of ["/timeout", "/ban", "/unban  ", "/slow fast", "/followers many", "/ban đ"]) {
    assert.deepEqual(commandIn(text, moderator), { name: "usage" });
  }
  for (const text of ["/timeout ada", "/ban ada", "/followers", "/constructor x"]) {
    assert.deepEqual(commandIn(text), { name: "unknown" });
  }
  assert.deepEqual(commandIn("/constructor", moderator), { name: "unknown" });
});

test("the card asks for the length that was chosen, and for none where a ban is for good", () => {
  const [timeout, own] = ["600", "own"].map((seconds) => ({ act: "time-out", seconds }));
  const ban = { act: "ban", scope: "room" };

  assert.deepEqual(commandOf(timeout, 5, "", { own: 60 }), { userId: 5, seconds: 600 });
  assert.deepEqual(commandOf(own, 5, " loud ", { own: 60 }), { userId: 5, seconds: 60, reason: "loud" });
  assert.deepEqual(commandOf(ban, 5, "", { ban: "", own: 60 }), { userId: 5, scope: "room" });
  assert.deepEqual(commandOf(ban, 5, "", { ban: "3600", own: 60 }), { userId: 5, scope: "room", seconds: 3600 });
  assert.deepEqual(commandOf(ban, 5, "", { ban: "own", own: 60 }), { userId: 5, scope: "room", seconds: 60 });
  assert.deepEqual(commandOf({ act: "forgive" }, 5, "x", { ban: "own", own: 60 }), { userId: 5 });
});

test("lengths are said in the largest unit that fits", () => {
  const inWords = (seconds) => lengthInWords(seconds, "en");

  assert.deepEqual([10, 60, 5400, 7200, 604_800].map(inWords), ["10 seconds", "1 minute", "90 minutes", "2 hours", "7 days"]);
  assert.equal(lengthInWords(86_400, "vi"), "1 ngày");
});

test("commands become requests, and some are answered", () => {
  const request = (text) => requestOf(commandIn(text, { canModerate: true }));
  const texts = { textMods: "Mods: {names}", textNoMods: "None", textDone: "Done: {name}" };
  const moderators = [{ username: "ada" }, { username: "bob" }];

  assert.deepEqual(request("/timeout ada 1h"), ["time-out", { username: "ada", seconds: 3600, reason: "" }]);
  assert.deepEqual(request("/ban ada 2w x"), ["ban", { username: "ada", seconds: 1_209_600, reason: "x" }]);
  assert.deepEqual(request("/ban ada"), ["ban", { username: "ada", reason: "" }]);
  assert.deepEqual(request("/unban ada"), ["forgive", { username: "ada" }]);
  assert.deepEqual(request("/slow 5"), ["set-modes", { slowSeconds: 5 }]);
  assert.deepEqual(request("/followers off"), ["set-modes", { followersOnly: false }]);
  assert.deepEqual(request("/followers 5"), ["set-modes", { followersOnly: true, followersMinutes: 5 }]);
  assert.deepEqual(request("/clear"), ["clear-chat", {}]);
  assert.equal(answerTo({ name: "mods" }, { moderators }, texts), "Mods: @ada, @bob");
  assert.equal(answerTo({ name: "mods" }, { moderators: [] }, texts), "None");
  assert.equal(answerTo({ name: "ban", username: "ada" }, {}, texts), "Done: @ada");
  assert.equal(answerTo({ name: "slow" }, {}, texts), "");
});

test("what somebody does is told without the command", () => {
  assert.equal(doing("/me waves"), "waves");
  assert.equal(doing("me too"), null);
});
