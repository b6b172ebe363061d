import assert from "node:assert/strict";
import { test } from "node:test";

import { mountAttention } from "../../static/js/chat/attention.js";
import { mountKeyboard } from "../../static/js/chat/keyboard.js";
import { mountMute } from "../../static/js/chat/mute.js";
import { mountPopOut } from "../../static/js/chat/pop-out.js";
import { Preferences } from "../../static/js/chat/preferences.js";
import { Unread } from "../../static/js/chat/unread.js";
import { FakePart, FakeStorage, FakeTime } from "./fakes.mjs";

const message = (id, userId = 1, more = {}) => ({ id, userId, roomId: "r", message: "hello", ...more });

// --- Where the reader left off ---

test("the line is above the first message that came while the reader looked elsewhere", () => {
  const unread = new Unread();
  unread.look(true, 1);
  assert.equal(unread.firstIn([message(1), message(2)], null), null);

  unread.look(false, 2);
  assert.equal(unread.firstIn([message(1), message(2)], null), null);
  unread.look(false, 3);
  unread.look(true, 4);

  assert.equal(unread.firstIn([message(1), message(2), message(3), message(4)], null), 3);
});

test("turning away again moves the line, and taking part takes it away", () => {
  const unread = new Unread();
  const all = [message(1), message(2), message(3)];
  unread.look(false, 1);
  unread.look(true, 2);
  unread.look(false, 2);
  assert.equal(unread.firstIn(all, null), 3);

  unread.clear();
  assert.equal(unread.firstIn(all, null), 3, "they do not look: it was not they who read");
  unread.look(true, 3);
  unread.clear();
  assert.equal(unread.firstIn(all, null), null);
});

test("what one says oneself is not new, and above the first message there is no line", () => {
  const unread = new Unread();
  unread.look(false, 1);

  assert.equal(unread.firstIn([message(1), message(2, 7), message(3)], 7), 3);
  assert.equal(unread.firstIn([message(2), message(3)], 7), null);
});

// --- Preferences ---

test("what is chosen is kept, and nonsense is not", () => {
  const storage = new FakeStorage();
  const preferences = new Preferences(storage);
  let changes = 0;
  preferences.addEventListener("change", () => (changes += 1));

  preferences.set("size", "large");
  preferences.set("compact", true);
  preferences.set("size", "enormous");
  preferences.set("times", "no");
  preferences.set("nothing", true);
  preferences.mute(5, "Eve");

  const again = new Preferences(storage);
  assert.deepEqual([again.get("size"), again.get("compact"), again.get("times")], ["large", true, true]);
  assert.deepEqual(again.muted, [{ userId: 5, name: "Eve" }]);
  assert.equal(changes, 3);
  again.unmute(5);
  assert.ok(!again.isMuted(5));
});

test("what is stored by somebody else is passed over", () => {
  for (const stored of ["", "null", "[]", "{", '{"size":1,"muted":{"a":1}}', '{"muted":[null,{"userId":"1"}]}']) {
    const preferences = new Preferences(new FakeStorage({ "chat-display": stored }));

    assert.deepEqual([preferences.get("size"), preferences.muted], ["normal", []]);
  }
});

test("a browser that stores nothing keeps it while the page is open", () => {
  const no = () => {
    throw new Error("no");
  };
  const preferences = new Preferences({ getItem: no, setItem: no });

  preferences.set("compact", true);

  assert.ok(preferences.get("compact"));
});

// --- Calling for attention ---

function attention({ sound = false, isElsewhere = () => false } = {}) {
  const socket = new EventTarget();
  const document = Object.assign(new EventTarget(), { title: "A stream", visibilityState: "visible" });
  const preferences = new Preferences(new FakeStorage());
  preferences.set("sound", sound);
  let sounds = 0;
  let now = 0;
  const deps = { roomId: "r", document, preferences, now: () => now, play: () => (sounds += 1), isElsewhere };
  mountAttention(socket, deps).reader = { userId: 7, username: "linh" };
  return {
    document,
    preferences,
    say: (detail) => socket.dispatchEvent(new CustomEvent("new-message", { detail })),
    look: (state) => {
      document.visibilityState = state;
      document.dispatchEvent(new Event("visibilitychange"));
    },
    later: () => (now += 10_000),
    get sounds() {
      return sounds;
    },
  };
}

test("mentions are counted in the title while the page is hidden, and only those", () => {
  const page = attention();
  page.say(message(1, 1, { message: "@linh hi" }));
  assert.equal(page.document.title, "A stream");

  page.look("hidden");
  page.say(message(2, 1, { message: "hello" }));
  page.say(message(3, 1, { message: "@Linh hi" }));
  page.say(message(4, 1, { replyTo: { userId: 7 } }));
  page.say(message(5, 7, { message: "@linh it is I" }));
  page.say(message(6, 1, { message: "@linh", roomId: "another" }));

  assert.equal(page.document.title, "(2) A stream");
  page.look("visible");
  assert.equal(page.document.title, "A stream");
  assert.equal(page.sounds, 0, "it is off until somebody wants it");
});

test("whoever wants it hears mentions, not many at once and not of those they hide", () => {
  const page = attention({ sound: true });

  page.say(message(1, 1, { message: "@linh" }));
  page.say(message(2, 1, { message: "@linh" }));
  assert.equal(page.sounds, 1);
  page.later();
  page.say(message(3, 1, { message: "@linh" }));
  assert.equal(page.sounds, 2);
  page.later();
  page.preferences.mute(1, "Eve");
  page.say(message(4, 1, { message: "@linh" }));

  assert.equal(page.sounds, 2);
});

test("while the chat is in a window of its own, that one calls", () => {
  const page = attention({ sound: true, isElsewhere: () => true });
  page.look("hidden");

  page.say(message(1, 1, { message: "@linh" }));

  assert.deepEqual([page.document.title, page.sounds], ["A stream", 0]);
});

// --- Hiding people ---

test("a card hides whom it shows, brings them back, and never offers to hide oneself", () => {
  const preferences = new Preferences(new FakeStorage());
  const text = new FakePart();
  const button = new FakePart({ "[data-card-mute-text]": text });
  Object.assign(button.dataset, { textMute: "Hide", textUnmute: "Show" });
  const card = new FakePart({ "[data-card-mute]": button });
  const mute = mountMute(card, preferences);
  const show = (userId) =>
    card.dispatchEvent(new CustomEvent("card-shown", { detail: { userId, displayName: "Eve" } }));
  mute.reader = { userId: 7 };

  show(7);
  assert.ok(button.hidden);
  show(5);
  assert.deepEqual([button.hidden, text.textContent], [false, "Hide"]);
  button.dispatchEvent(new Event("click"));
  assert.deepEqual([preferences.isMuted(5), text.textContent], [true, "Show"]);
  button.dispatchEvent(new Event("click"));
  assert.deepEqual([preferences.isMuted(5), text.textContent], [false, "Hide"]);
});

// --- The window of its own ---

function popOut(opened) {
  const time = new FakeTime();
  const link = Object.assign(new FakePart(), { href: "/rooms/r/chat/", target: "chat-r" });
  const [away, back] = [new FakePart(), new FakePart()];
  away.hidden = true;
  const root = new FakePart({
    "[data-chat-pop-out]": link,
    "[data-chat-away]": away,
    "[data-chat-return]": back,
  });
  mountPopOut(root, { window: { open: () => opened }, ...time });
  const click = () => {
    const event = new Event("click", { cancelable: true });
    link.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { root, away, back, click, time };
}

test("the page does without its chat until the window is closed", async () => {
  const opened = { closed: false };
  const { root, away, click, time } = popOut(opened);

  assert.ok(click());
  await time.pass(5_000);
  assert.deepEqual([root.hasAttribute("data-away"), away.hidden], [true, false]);
  opened.closed = true;
  await time.pass(1_000);

  assert.deepEqual([root.hasAttribute("data-away"), away.hidden, time.pending], [false, true, 0]);
});

test("it is brought back, and its window closes", () => {
  let closed = false;
  const { root, back, click, time } = popOut({ closed: false, close: () => (closed = true) });
  click();

  back.dispatchEvent(new Event("click"));

  assert.deepEqual([root.hasAttribute("data-away"), closed, time.pending], [false, true, 0]);
});

test("where no window may be opened the link is followed", () => {
  const { root, click } = popOut(null);

  assert.ok(!click());
  assert.ok(!root.hasAttribute("data-away"));
});

// --- The keyboard of a phone ---

function phone() {
  const view = Object.assign(new EventTarget(), { width: 375, height: 700, offsetTop: 0, scale: 1 });
  const input = new FakePart();
  const root = new FakePart({ "[data-chat-input]": input });
  const style = new Map();
  const document = {
    documentElement: { style: { setProperty: (name, value) => style.set(name, value) } },
    activeElement: null,
  };
  const scrolled = [];
  const window = { visualViewport: view, scrollY: 40, scrollTo: (_x, y) => scrolled.push(y) };
  mountKeyboard(root, { window, document });
  return {
    root,
    style,
    scrolled,
    focus: (isThere) => {
      document.activeElement = isThere ? input : null;
      input.dispatchEvent(new Event(isThere ? "focus" : "blur"));
    },
    resize: (change) => {
      Object.assign(view, change);
      view.dispatchEvent(new Event("resize"));
    },
  };
}

test("while somebody writes under a keyboard the chat takes what is left to be seen", () => {
  const { root, style, scrolled, focus, resize } = phone();

  focus(true);
  assert.ok(!root.hasAttribute("data-typing"), "a keyboard on a cable hides nothing");
  resize({ height: 400, offsetTop: 30 });
  assert.ok(root.hasAttribute("data-typing"));
  assert.deepEqual([style.get("--seen-top"), style.get("--seen-height")], ["30px", "400px"]);

  resize({ height: 700, offsetTop: 0 });
  assert.ok(!root.hasAttribute("data-typing"));
  assert.deepEqual(scrolled, [40]);
});

test("other fields, the browser's bar, zooming and turning are no reason", () => {
  const { root, focus, resize } = phone();

  resize({ height: 400 });
  assert.ok(!root.hasAttribute("data-typing"), "another field is written in");
  resize({ height: 640 });
  focus(true);
  assert.ok(!root.hasAttribute("data-typing"));
  resize({ height: 350, scale: 2 });
  assert.ok(!root.hasAttribute("data-typing"));
  resize({ height: 340, width: 700, scale: 1 });
  assert.ok(!root.hasAttribute("data-typing"));
});
