import assert from "node:assert/strict";
import { test } from "node:test";

import { backoff, followPage, pause, Socket, socketUrl } from "../../static/js/core/socket.js";
import { FakeServer, FakeTime, settled } from "./fakes.mjs";

const URL = "ws://example.org/ws/";

function page({ random = () => 1 } = {}) {
  const time = new FakeTime();
  const server = new FakeServer();
  const { now, setTimer, clearTimer } = time;
  const deps = { WebSocket: server.WebSocket, now, setTimer, clearTimer, random };
  const socket = new Socket(URL, deps);
  const heard = [];
  for (const name of ["room-state", "join-refused", "stream-started", "connection"]) {
    socket.addEventListener(name, ({ detail }) => heard.push([name, detail]));
  }
  const told = (name) => heard.filter(([each]) => each === name).map(([, detail]) => detail);
  return { socket, server, time, told };
}

function opened(options) {
  const all = page(options);
  all.socket.open();
  all.server.accept();
  return all;
}

test("the socket is where the page is", () => {
  assert.equal(socketUrl({ protocol: "https:", host: "live.example.org" }), "wss://live.example.org/ws/");
  assert.equal(socketUrl({ protocol: "http:", host: "localhost:3000" }), "ws://localhost:3000/ws/");
});

test("backoff doubles up to half a minute and is spread over its upper half", () => {
  const longest = [0, 1, 2, 3, 4, 5, 20].map((attempt) => backoff(attempt, () => 1));
  const shortest = [0, 1, 20].map((attempt) => backoff(attempt, () => 0));

  assert.deepEqual(longest, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  assert.deepEqual(shortest, [500, 1_000, 15_000]);
});

test("the server's close codes say how long to stay away", () => {
  const half = () => 0.5;

  assert.equal(pause(1008, "", 0, half), null);
  assert.equal(pause(4003, "", 0, half), null);
  assert.equal(pause(1013, "", 0, half), 2_000);
  assert.equal(pause(1012, "", 4, half), 8_000);
  assert.equal(pause(4029, "retry-after=17", 0, half), 18_000);
  assert.equal(pause(4029, "nonsense", 0, half), 31_000);
  assert.equal(pause(4001, "signed out", 0, half), 500);
  assert.equal(pause(4001, "signed out", 3, half), 6_000);
  assert.equal(pause(1006, "", 0, half), 750);
});

test("a request is answered by its ack", async () => {
  const { socket, server } = opened();

  const answer = socket.request("chat-message", { message: "chào" });
  const [frame] = server.wire.sent;
  server.say({ event: "stream-started", data: {} });
  await server.answer({ id: 5 });

  assert.deepEqual(frame, { event: "chat-message", data: { message: "chào" }, id: frame.id });
  assert.deepEqual(await answer, { id: 5 });
});

test("an error frame rejects with its code and how long to wait", async () => {
  const { socket, server } = opened();

  const answer = socket.request("chat-message");
  const refused = assert.rejects(answer, { code: "too-fast", message: "Wait.", retryAfter: 4 });
  await server.answer({ code: "too-fast", message: "Wait.", retryAfter: 4 }, "error");

  await refused;
});

test("a request without an answer times out, without a socket it fails at once", async () => {
  const { socket, time } = opened();

  const late = assert.rejects(socket.request("chat-message"), { code: "timeout" });
  await time.pass(10_000);
  await late;

  await assert.rejects(page().socket.request("chat-message"), { code: "disconnected" });
});

test("losing the socket fails what is under way", async () => {
  const { socket, server } = opened();

  const failed = assert.rejects(socket.request("chat-message"), { code: "disconnected" });
  server.hangUp();

  await failed;
});

test("a room is joined when the socket opens, and again after a reconnect", async () => {
  const { socket, server, time, told } = page();
  socket.join("abc");
  socket.open();
  server.accept();
  await server.answer({ roomId: "abc", state: "waiting" });

  server.hangUp();
  await time.pass(1_000);
  server.accept();
  await server.answer({ roomId: "abc", state: "live" });

  assert.equal(server.wires.length, 2);
  assert.deepEqual(server.wire.sent[0].data, { roomId: "abc" });
  assert.deepEqual(told("room-state"), [
    { roomId: "abc", state: "waiting" },
    { roomId: "abc", state: "live" },
  ]);
});

test("the owner joins by create-room", () => {
  const { socket, server } = opened();

  socket.join("abc", { command: "create-room" });

  assert.equal(server.wire.sent[0].event, "create-room");
});

test("a room that cannot be joined is told, and not asked for again and again", async () => {
  const { socket, server, time, told } = opened();
  socket.join("abc");

  await server.answer({ code: "room-not-found", message: "No." }, "error");
  await time.pass(20_000);

  assert.equal(told("join-refused")[0].code, "room-not-found");
  assert.equal(server.wires.length, 1);
});

test("a join that fails for now is tried again over a new socket", async () => {
  const { socket, server, time } = opened();
  socket.join("abc");

  await server.answer({ code: "unavailable", message: "Later." }, "error");
  await time.pass(1_000);

  assert.equal(server.wires.length, 2);
});

test("each failure waits longer, until the socket holds", async () => {
  const { server, socket, time, told } = page();
  const waits = () =>
    told("connection")
      .filter(({ state }) => state === "waiting")
      .map(({ retryAt }) => retryAt - time.now());
  socket.open();

  server.hangUp();
  const first = waits().at(-1);
  await time.pass(first);
  server.hangUp();
  const second = waits().at(-1);
  await time.pass(second);
  server.accept();
  await time.pass(10_000);
  server.hangUp();
  const afterHolding = waits().at(-1);

  assert.deepEqual([first, second, afterHolding], [1_000, 2_000, 1_000]);
});

test("1008 is for good", async () => {
  const { server, socket, time, told } = opened();

  server.hangUp(1008, "too many frames");
  await time.pass(3_600_000);
  socket.wake();

  assert.equal(server.wires.length, 1);
  assert.equal(told("connection").at(-1).state, "closed");
  assert.equal(time.pending, 0);
});

test("waking up hurries, unless the server said how long to stay away", () => {
  const { server, socket } = opened();
  server.hangUp(1006);
  socket.wake();
  assert.equal(server.wires.length, 2);

  server.hangUp(4029, "retry-after=30");
  socket.wake();
  assert.equal(server.wires.length, 2);
});

test("waking up with an open socket brings the room up to date, or finds the socket dead", async () => {
  const { server, socket, time, told } = opened();
  socket.join("abc");
  await server.answer({ state: "waiting" });

  socket.wake();
  await server.answer({ state: "live" });
  assert.equal(told("room-state").at(-1).state, "live");

  socket.wake();
  await time.pass(5_000);
  assert.equal(told("connection").at(-1).state, "waiting");
  assert.equal(server.wire.closedWith, 1000);
});

test("a long silence is asked about", async () => {
  const { server, time, told } = opened();

  await time.pass(40_000);
  assert.equal(server.wire.sent.at(-1).event, "ping");
  await server.answer({});
  await time.pass(39_000);
  assert.equal(told("connection").at(-1).state, "open");

  await time.pass(1_000 + 10_000);
  assert.equal(told("connection").at(-1).state, "waiting");
});

test("closing is quiet and leaves no timer behind", async () => {
  const { server, socket, time, told } = opened();

  socket.close();
  server.hangUp(1000);
  await time.pass(60_000);

  assert.equal(server.wire.closedWith, 1000);
  assert.equal(server.wires.length, 1);
  assert.equal(told("connection").at(-1).state, "closed");
  assert.equal(time.pending, 0);
});

test("a socket given up says nothing any more", async () => {
  const { server, socket, told } = opened();
  const old = server.wire;
  server.hangUp();
  socket.wake();
  server.accept();

  const data = JSON.stringify({ event: "stream-started", data: {} });
  old.dispatchEvent(Object.assign(new Event("message"), { data }));
  old.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" }));

  assert.deepEqual(told("stream-started"), []);
  assert.equal(socket.state, "open");
});

test("what is not JSON is passed over", () => {
  const { server, socket } = opened();

  server.wire.dispatchEvent(Object.assign(new Event("message"), { data: "<html>" }));

  assert.equal(socket.state, "open");
});

test("the socket rests with the page and comes back with it", async () => {
  const { server, socket } = opened();
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  followPage(socket, { window, document });

  window.dispatchEvent(new Event("pagehide"));
  assert.equal(socket.state, "closed");
  window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
  server.accept();
  assert.equal(socket.state, "open");

  server.hangUp();
  window.dispatchEvent(new Event("online"));
  assert.equal(server.wires.length, 3);
  server.accept();
  document.dispatchEvent(new Event("visibilitychange"));
  await settled();
  assert.equal(server.wire.sent.at(-1).event, "ping");
  socket.close();
});
