/** Lists of rooms that keep themselves current over the page's socket. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { onListChange } from "../../static/js/rooms/lists.js";
import { mountLiveLists } from "../../static/js/rooms/live-lists.js";
import { mountRail } from "../../static/js/rooms/rail.js";
import { FakePart, FakeTime } from "./fakes.mjs";

class FakeSocket extends EventTarget {
  state = "connecting";
  asked = [];

  request(event) {
    this.asked.push(event);
    return Promise.resolve({});
  }

  opens() {
    this.state = "open";
    this.#tell("connection", { state: "open" });
  }

  tells(username, isLive = true) {
    this.#tell("live-list-changed", { roomId: username && "r", username, isLive });
  }

  #tell(name, detail) {
    this.dispatchEvent(Object.assign(new Event(name), { detail }));
  }
}

test("lists are asked for on every connection, and looked up again after a lost one", () => {
  const socket = new FakeSocket();
  const changes = [];
  onListChange(socket, (change) => changes.push(change ?? "anything"));

  socket.opens();
  socket.tells("linh");
  socket.opens();
  socket.tells(null, null);

  assert.deepEqual(socket.asked, ["watch-lists", "watch-lists"]);
  assert.deepEqual(changes, [{ username: "linh", isLive: true }, "anything", "anything"]);
});

test("a socket that is open already is asked at once", () => {
  const socket = new FakeSocket();
  socket.state = "open";

  onListChange(socket, () => {});

  assert.deepEqual(socket.asked, ["watch-lists"]);
});

function railPage(names) {
  const rail = Object.assign(new FakePart(), { dataset: { rail: names, url: "/following/rail" } });
  return new FakePart({ "[data-rail]": rail });
}

function railFor(names) {
  const time = new FakeTime();
  const socket = new FakeSocket();
  const fetched = [];
  const refresh = (_document, url) => fetched.push(url);
  const page = railPage(names);
  mountRail(page, () => socket, { refresh, delay: () => 2000, setTimer: time.setTimer });
  socket.opens();
  return { time, socket, fetched, page };
}

test("the rail asks about those it follows, once for several", async () => {
  const { time, socket, fetched } = railFor("linh quang");

  socket.tells("stranger");
  await time.pass(2000);
  assert.deepEqual(fetched, []);

  socket.tells("quang");
  socket.tells("linh", false);
  await time.pass(2000);
  assert.deepEqual(fetched, ["/following/rail"]);
});

test("whoever is followed or no longer is asked about at once", async () => {
  const { time, fetched, page } = railFor("linh");

  page.dispatchEvent(new Event("follows-changed"));
  await time.pass(2000);

  assert.deepEqual(fetched, ["/following/rail"]);
});

test("who follows very many asks about everybody", async () => {
  const { time, socket, fetched } = railFor("*");

  socket.tells("stranger");
  await time.pass(2000);

  assert.equal(fetched.length, 1);
});

test("without a rail no socket is opened", () => {
  mountRail(new FakePart(), () => assert.fail("Nobody needs it."));
});

test("a page of lists is looked up once for what comes together", async () => {
  const time = new FakeTime();
  const socket = new FakeSocket();
  let calls = 0;
  const refresh = () => (calls += 1);
  mountLiveLists(socket, { refresh, delay: () => 3000, setTimer: time.setTimer });
  socket.opens();

  socket.tells("linh");
  socket.tells("quang", false);
  await time.pass(3000);

  assert.equal(calls, 1);
});
