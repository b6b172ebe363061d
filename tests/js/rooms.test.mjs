import assert from "node:assert/strict";
import { test } from "node:test";

import { duration, relativeTime, ServerClock } from "../../static/js/core/clock.js";
import { mountLiveBadge } from "../../static/js/rooms/live-badge.js";
import { markTitle, plainTitle } from "../../static/js/core/title.js";
import { mountLiveTab } from "../../static/js/rooms/live-tab.js";
import { mountRoomState, onRoomState } from "../../static/js/rooms/room-state.js";
import { mountViewerCount } from "../../static/js/rooms/viewer-count.js";
import { FakeElement } from "./fakes.mjs";

const roomId = "abc";

function tell(socket, name, data) {
  socket.dispatchEvent(new CustomEvent(name, { detail: { roomId, ...data } }));
}

test("every event of a room's life is a change of its state", () => {
  const socket = new EventTarget();
  const states = [];
  onRoomState(socket, roomId, ({ state }) => states.push(state));

  tell(socket, "stream-started", { startedAt: "2025-01-01T00:00:00+00:00" });
  tell(socket, "stream-interrupted", { graceUntil: "2025-01-01T00:01:30+00:00" });
  tell(socket, "stream-stopped");
  tell(socket, "stream-ended", { reason: "owner" });
  tell(socket, "stream-started", { roomId: "another" });
  tell(socket, "room-state", { state: "waiting" });

  assert.deepEqual(states, ["live", "reconnecting", "waiting", "ended", "waiting"]);
});

test("the badge shows the state in the page's language", () => {
  const badge = new FakeElement();
  badge.dataset = { state: "waiting", textLive: "Trực tiếp\n", textEnded: "Đã kết thúc\n" };
  const socket = new EventTarget();
  mountLiveBadge(new FakeElement({ "[data-live-badge]": [badge] }), socket, { roomId });

  tell(socket, "stream-started", {});

  assert.equal(badge.dataset.state, "live");
  assert.equal(badge.textContent, "Trực tiếp");
});

test("the tab has a dot while the room is live, and only then: icon and title", () => {
  const attributes = { href: "mark.svg" };
  const icon = {
    dataset: { liveHref: "mark-live.svg", quietHref: "mark.svg" },
    getAttribute: (name) => attributes[name],
    setAttribute: (name, value) => (attributes[name] = value),
  };
  const socket = new EventTarget();
  const document = { title: "A stream", querySelector: () => icon };
  mountLiveTab(socket, { roomId, document });

  tell(socket, "stream-started", {});
  assert.deepEqual([attributes.href, document.title], ["mark-live.svg", "● A stream"]);
  markTitle(document, { calls: 2 });
  assert.deepEqual([document.title, plainTitle(document)], ["(2) ● A stream", "A stream"]);
  tell(socket, "stream-interrupted", {});
  assert.deepEqual([attributes.href, document.title], ["mark.svg", "(2) A stream"]);
});

test("the number of viewers is written as the language writes numbers", () => {
  const number = new FakeElement();
  const socket = new EventTarget();
  const root = new FakeElement({ "[data-viewer-count]": [number] });
  mountViewerCount(root, socket, { roomId, language: "vi" });

  tell(socket, "viewer-joined", { viewerCount: 1234 });
  assert.equal(number.textContent, "1.234");
  tell(socket, "viewer-left", { viewerCount: 7 });
  assert.equal(number.textContent, "7");
  tell(socket, "viewer-left", { roomId: "another", viewerCount: 99 });
  assert.equal(number.textContent, "7");
});

function textPage() {
  const parts = {
    "[data-room-title]": [new FakeElement()],
    "[data-room-description]": [new FakeElement()],
    "[data-room-category]": [Object.assign(new FakeElement(), { search: "" })],
    "[data-viewers]": [new FakeElement()],
  };
  const document = {
    documentElement: { lang: "vi" },
    createElement: (tag) => Object.assign(new FakeElement(), { tag }),
  };
  const socket = new EventTarget();
  mountRoomState(new FakeElement(parts), socket, { roomId, document });
  return { socket, parts };
}

test("texts of people become text and links, never markup", () => {
  const { socket, parts } = textPage();

  tell(socket, "room-updated", {
    title: "<b>Đêm nhạc</b>",
    description: "<img src=x>\nsee https://example.org/a?b=1.\n\njavascript:alert(1)",
    category: { slug: "music", names: { vi: "Âm nhạc", en: "Music" } },
  });

  assert.equal(parts["[data-room-title]"][0].textContent, "<b>Đêm nhạc</b>");
  const [first, second] = parts["[data-room-description]"][0].children;
  const [image, lineBreak, see, link, dot] = first.children;
  assert.deepEqual([image, lineBreak.tag, see, dot], ["<img src=x>", "br", "see ", "."]);
  assert.deepEqual(
    [link.tag, link.href, link.rel],
    ["a", "https://example.org/a?b=1", "nofollow noopener ugc"],
  );
  assert.deepEqual(second.children, ["javascript:alert(1)"]);
  assert.equal(parts["[data-room-category]"][0].textContent, "Âm nhạc");
  assert.equal(parts["[data-room-category]"][0].search, "?category=music");
});

test("what a room does not have is hidden", () => {
  const { socket, parts } = textPage();

  tell(socket, "room-updated", { title: "Stream", description: "", category: null });
  tell(socket, "stream-ended", { reason: "owner" });

  assert.equal(parts["[data-room-description]"][0].hidden, true);
  assert.equal(parts["[data-room-category]"][0].hidden, true);
  assert.equal(parts["[data-viewers]"][0].hidden, true);
});

test("the server's clock counts, whatever this computer's says", () => {
  let here = Date.parse("2020-01-01T00:00:00Z");
  const clock = new ServerClock(() => here);

  clock.sync("2025-06-01T12:00:00+00:00");
  here += 5_000;

  assert.equal(clock.now(), Date.parse("2025-06-01T12:00:05Z"));
  clock.sync("nonsense");
  assert.equal(clock.now(), Date.parse("2025-06-01T12:00:05Z"));
});

test("durations and distances in time read well", () => {
  assert.deepEqual([0, 65_000, 3_723_000, -5].map(duration), ["0:00", "1:05", "1:02:03", "0:00"]);
  assert.equal(relativeTime(0, 3 * 60_000, "vi"), "3 phút trước");
  assert.equal(relativeTime(0, 2 * 86_400_000 + 5, "en"), "2 days ago");
});
