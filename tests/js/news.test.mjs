/** Toasts about whom the reader follows. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { mountNews } from "../../static/js/components/news.js";

globalThis.CSS ??= { escape: (text) => text };

const LIVE = { roomId: "abc", displayName: "Linh $&", title: "Cơm nhà" };

class Page extends EventTarget {
  hidden = false;
  documentElement = { lang: "vi", dataset: {} };

  constructor({ wants = true, showsRoom = false } = {}) {
    super();
    this.list = wants ? { dataset: { textLive: "{name}: {title}", textWatch: "Xem" } } : null;
    this.showsRoom = showsRoom;
  }

  querySelector(selector) {
    return selector === "[data-news]" ? this.list : this.showsRoom ? {} : null;
  }
}

class Socket extends EventTarget {
  static opened = [];
  state = "new";
  constructor() {
    super();
    Socket.opened.push(this);
  }
  open() {
    this.state = "open";
  }
  close() {
    this.state = "closed";
  }
}

function mounted(document) {
  const told = [];
  const window = Object.assign(new EventTarget(), { location: {} });
  const timers = [];
  Socket.opened = [];
  const load = async () => ({ Socket, socketUrl: () => "ws://x/ws/" });
  mountNews(document, {
    window,
    announce: (...what) => told.push(what),
    load,
    setTimer: (action) => timers.push(action),
  });
  const loaded = async () => {
    window.dispatchEvent(new Event("load"));
    for (const timer of timers) await timer();
  };
  return { told, loaded };
}

const say = (target, detail = LIVE) => target.dispatchEvent(new CustomEvent("channel-live", { detail }));

test("a page without a socket gets one, and shows what it hears", async () => {
  const page = new Page();
  const { told, loaded } = mounted(page);
  await loaded();
  say(Socket.opened[0]);
  assert.deepEqual(told, [["Linh $&: Cơm nhà", "news", { href: "/rooms/abc/", text: "Xem" }]]);
});

test("a page that has a socket gets no second one", async () => {
  const page = new Page();
  page.documentElement.dataset.socket = "";
  const { told, loaded } = mounted(page);
  await loaded();
  say(page);
  assert.equal(Socket.opened.length, 0);
  assert.equal(told.length, 1);
});

test("whoever is in the room already is told nothing", () => {
  const page = new Page({ showsRoom: true });
  const { told } = mounted(page);
  say(page);
  assert.deepEqual(told, []);
});

test("nobody who does not want it costs a socket", async () => {
  const { loaded } = mounted(new Page({ wants: false }));
  await loaded();
  assert.equal(Socket.opened.length, 0);
});

test("the socket rests while nobody looks", async () => {
  const page = new Page();
  const { loaded } = mounted(page);
  await loaded();
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(Socket.opened[0].state, "closed");
});
