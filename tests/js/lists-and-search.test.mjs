/** Suggestions while typing, lists that go on, and the stage of the home page. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { mountMore } from "../../static/js/components/more.js";
import { mountSearchBox } from "../../static/js/components/search-box.js";
import { mayMove, mountPreview } from "../../static/js/player/preview.js";
import { FakePart, FakeTime, settled } from "./fakes.mjs";

// --- Search ---

class FakeField extends FakePart {
  value = "";
  attributes = {};
  setAttribute = (name, value) => {
    this.attributes[name] = value;
  };
  removeAttribute = (name) => {
    delete this.attributes[name];
  };
}

function searchPage(ask) {
  const time = new FakeTime();
  const field = new FakeField();
  const list = Object.assign(new FakeField(), { id: "list", hidden: true, children: [] });
  list.replaceChildren = (...children) => {
    list.children = children;
  };
  list.querySelectorAll = () => list.children.map(({ option }) => option);
  const status = Object.assign(new FakePart(), { dataset: { none: "None", some: "{count} found" } });
  const blank = { content: { firstElementChild: { cloneNode: suggestion } } };
  const root = new FakePart({
    input: field,
    "[data-search-list]": list,
    "[data-search-status]": status,
    "[data-search-blank]": blank,
  });
  root.dataset = { suggestions: "/search/suggestions" };
  root.ownerDocument = new EventTarget();
  root.contains = () => false;
  const gone = [];
  const page = new FakePart({ "[data-search-box]": root });
  const { setTimer, clearTimer } = time;
  mountSearchBox(page, { ask, setTimer, clearTimer, go: (url) => gone.push(url) });
  const type = async (text, more = {}) => {
    field.value = text;
    field.dispatchEvent(Object.assign(new Event("input"), more));
    await time.pass(200);
  };
  const press = (key) => field.dispatchEvent(Object.assign(new Event("keydown", { cancelable: true }), { key }));
  return { field, list, status, gone, type, press };
}

function suggestion() {
  const parts = { "[data-text]": {}, "[data-by]": {} };
  const option = Object.assign(new FakeField(parts), { scrollIntoView: () => {} });
  return { dataset: {}, option, querySelector: () => option };
}

const found = [
  { kind: "room", text: "Cá kho tộ", by: "Linh", url: "/rooms/a/" },
  { kind: "person", text: "Linh", by: "@linh", url: "/@linh/" },
];

test("what is typed is asked for once the reader pauses, and led through by the keyboard", async () => {
  const asked = [];
  const { field, list, status, gone, type, press } = searchPage(async (url) => {
    asked.push(url);
    return { suggestions: found };
  });

  await type("lin h");
  assert.deepEqual(asked, ["/search/suggestions?q=lin%20h"]);
  assert.deepEqual([list.hidden, status.textContent], [false, "2 found"]);
  assert.equal(field.attributes["aria-expanded"], "true");

  press("ArrowDown");
  press("ArrowDown");
  press("Enter");
  assert.deepEqual(gone, ["/@linh/"]);
  press("Escape");
  assert.equal(list.hidden, true);
});

test("half a syllable and nothing at all are not asked for", async () => {
  const { list, type } = searchPage(() => assert.fail("Nothing to ask."));

  await type("ngươ", { isComposing: true });
  await type("   ");

  assert.equal(list.hidden, true);
});

test("a search that fails leaves the form as it is", async () => {
  const { list, type } = searchPage(async () => {
    throw new Error("Too fast.");
  });

  await type("linh");

  assert.equal(list.hidden, true);
});

// --- Lists that go on ---

const { IntersectionObserver, DOMParser } = globalThis;
afterEach(() => {
  Object.assign(globalThis, { IntersectionObserver, DOMParser });
});

const card = (roomId) => ({ dataset: { roomId }, querySelector: () => null });

/** A page of a list; `pages` are what the server has under the addresses that follow. */
function listPage(pages) {
  const watch = { observed: 0 };
  globalThis.IntersectionObserver = class {
    constructor(seen) {
      watch.seen = () => seen([{ isIntersecting: true }]);
    }
    observe = () => (watch.observed += 1);
    unobserve = () => {};
    disconnect = () => (watch.isOff = true);
  };
  globalThis.DOMParser = class {
    parseFromString = (name) => {
      const { cards, next } = pages[name];
      const link = next ? { href: next } : null;
      return new FakePart({ "[data-more-list]": { children: cards.map(card) }, "[data-more]": link });
    };
  };
  const list = { children: [card("a"), card("b")], append: (...more) => list.children.push(...more) };
  const link = Object.assign(new FakeField(), { href: "2", dataset: { failed: "Press again." } });
  link.closest = () => ({ remove: () => (link.isGone = true) });
  const page = new FakePart({ "[data-more-list]": list, "[data-more]": link });
  page.adoptNode = (node) => node;
  const fetch = async (url) => ({ ok: url in pages, status: 500, text: async () => url });
  mountMore(page, { fetch });
  return { watch, link, rooms: () => list.children.map(({ dataset }) => dataset.roomId) };
}

test("the next page comes when its link is seen, each room once, until there is no more", async () => {
  const { watch, link, rooms } = listPage({ 2: { cards: ["b", "c"], next: "3" }, 3: { cards: ["d"] } });

  watch.seen();
  await settled();
  assert.deepEqual([rooms(), link.href], [["a", "b", "c"], "3"]);

  watch.seen();
  await settled();
  assert.deepEqual(rooms(), ["a", "b", "c", "d"]);
  assert.equal(link.isGone, true);
});

test("a page that does not come is asked for again only by a press", async () => {
  const { watch, link, rooms } = listPage({});

  watch.seen();
  await settled();

  assert.deepEqual([rooms(), link.textContent, watch.isOff], [["a", "b"], "Press again.", true]);
  assert.equal(link.attributes["aria-busy"], undefined);
});

// --- The stage ---

const windowThat = ({ calm = false, saves = false }) => ({
  matchMedia: (query) => ({ matches: calm && query.includes("motion") }),
  navigator: { connection: { saveData: saves } },
});

test("a picture moves by itself only for who has nothing against it", () => {
  assert.equal(mayMove(windowThat({})), true);
  assert.equal(mayMove(windowThat({ calm: true })), false);
  assert.equal(mayMove(windowThat({ saves: true })), false);
});

test("who wants calm has a button that lets the picture move", () => {
  const toggle = Object.assign(new FakeField(), { hidden: true, dataset: { labelPause: "Stop", labelPlay: "Move" } });
  const video = new FakePart();
  const root = new FakePart({ "[data-preview-video]": video, "[data-preview-toggle]": toggle });
  root.dataset = { src: "/a.flv", library: "/mpegts.js" };
  const document = Object.assign(new EventTarget(), { hidden: false, baseURI: "https://live.example/" });
  globalThis.document = document;
  let look;
  const window = {
    ...windowThat({ calm: true }),
    document,
    MediaSource: { isTypeSupported: () => true },
    ReadableStream,
    IntersectionObserver: class {
      constructor(seen) {
        look = () => seen([{ isIntersecting: true }]);
      }
      observe() {}
    },
  };

  mountPreview(root, { window, clock: () => 0 });
  assert.deepEqual([toggle.hidden, toggle.title], [false, "Move"], "a name from the start");
  look();

  assert.deepEqual([toggle.hidden, toggle.title, toggle.dataset.on], [false, "Move", "false"]);
  assert.equal(video.muted, true);
  delete globalThis.document;
});
