/** The watch page beside its player: sharing, reporting, what comes next. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { mountNext } from "../../static/js/rooms/next.js";
import { mountReport } from "../../static/js/rooms/report.js";
import { mountShare } from "../../static/js/rooms/share.js";
import { FakePart, settled } from "./fakes.mjs";

const told = (name, detail) => Object.assign(new Event(name), { detail });

test("when a stream ends its viewers ask what is on, a crowd over a longer time", () => {
  const socket = new EventTarget();
  const planned = [];
  mountNext(socket, {
    roomId: "a",
    refresh: () => {},
    spread: (seconds) => seconds,
    setTimer: (_action, wait) => planned.push(wait),
  });

  socket.dispatchEvent(told("room-state", { roomId: "a", state: "live", viewerCount: 3 }));
  socket.dispatchEvent(told("viewer-joined", { roomId: "a", viewerCount: 800 }));
  socket.dispatchEvent(told("stream-ended", { roomId: "b", reason: "owner" }));
  assert.deepEqual(planned, []);
  socket.dispatchEvent(told("stream-ended", { roomId: "a", reason: "owner" }));
  socket.dispatchEvent(told("room-state", { roomId: "a", state: "ended", viewerCount: 790 }));

  assert.deepEqual(planned, [13]);
});

test("a stream that was over when the page was opened is asked about by nobody", () => {
  const socket = new EventTarget();
  const planned = [];
  const setTimer = (_action, wait) => planned.push(wait);
  mountNext(socket, { roomId: "a", refresh: () => {}, spread: (seconds) => seconds, setTimer });

  socket.dispatchEvent(told("room-state", { roomId: "a", state: "ended", viewerCount: 0 }));

  assert.deepEqual(planned, []);
});

function sharePanel() {
  const link = Object.assign(new FakePart(), { value: "https://live.example/rooms/a/" });
  const asSeen = Object.assign(new FakePart(), { checked: false });
  const native = new FakePart();
  const parts = {
    "[data-share-link]": link,
    "[data-share-state]": asSeen,
    "[data-share-native]": native,
  };
  const panel = Object.assign(new FakePart(parts), { open: true, contains: (part) => part === link });
  return { root: new FakePart({ "[data-share]": panel }), panel, link, asSeen, native };
}

test("the link is as the viewer sees the stream only if they want that", () => {
  const { root, link, asSeen, native } = sharePanel();
  const stateOf = () => ({ theatre: true, muted: false, latency: "low" });
  mountShare(root, { document: new EventTarget(), navigator: {}, stateOf });

  asSeen.checked = true;
  asSeen.dispatchEvent(new Event("change"));
  assert.equal(link.value, "https://live.example/rooms/a/?theatre=1");
  asSeen.checked = false;
  asSeen.dispatchEvent(new Event("change"));

  assert.equal(link.value, "https://live.example/rooms/a/");
  assert.equal(native.hidden, true); // This browser has nothing to send it with.
});

test("a press outside closes the panel, one inside does not", () => {
  const { root, panel, link } = sharePanel();
  const document = new EventTarget();
  mountShare(root, { document, navigator: { share: async () => {} }, stateOf: () => ({}) });
  const press = (target) => {
    const event = new Event("pointerdown");
    Object.defineProperty(event, "target", { value: target });
    document.dispatchEvent(event);
  };

  press(link);
  assert.equal(panel.open, true);
  press({});
  assert.equal(panel.open, false);
});

function reportForm() {
  const calls = [];
  const form = Object.assign(new FakePart(), {
    action: "/rooms/a/report/",
    reset: () => calls.push("reset"),
    submit: () => calls.push("submit"),
    closest: () => ({ close: () => calls.push("close") }),
  });
  const submit = Object.assign(new Event("submit", { cancelable: true }), { submitter: { disabled: false } });
  return { calls, form, submit, root: new FakePart({ "dialog [data-report]": form }) };
}

test("a report is sent without leaving the stream, and thanked for", async (t) => {
  t.mock.method(globalThis, "FormData", class {});
  const { calls, form, submit, root } = reportForm();
  const said = [];
  mountReport(root, {
    post: async (url) => ({ message: `Thanks for ${url}` }),
    announce: (...words) => said.push(words),
  });

  form.dispatchEvent(submit);
  assert.equal(submit.submitter.disabled, true);
  await settled();

  assert.equal(submit.defaultPrevented, true);
  assert.deepEqual(calls, ["close", "reset"]);
  assert.deepEqual(said, [["Thanks for /rooms/a/report/", "success"]]);
  assert.equal(submit.submitter.disabled, false);
});

test("a report that is refused stays as it was typed, and why is said where it can be heard", async (t) => {
  t.mock.method(globalThis, "FormData", class {});
  const { calls, form, submit, root } = reportForm();
  const said = [];
  const post = async () => {
    throw new Error("You have reported this already.");
  };
  mountReport(root, { post, announce: (...words) => said.push(words) });

  form.dispatchEvent(submit);
  await settled();

  assert.deepEqual([calls, said], [["close"], [["You have reported this already.", "error"]]]);
});

test("a report that leads elsewhere, as to signing in, is sent as a form without scripts is", async (t) => {
  t.mock.method(globalThis, "FormData", class {});
  const { calls, form, submit, root } = reportForm();
  const said = [];
  const post = async () => {
    throw new Error("");
  };
  mountReport(root, { post, announce: (...words) => said.push(words) });

  form.dispatchEvent(submit);
  await settled();

  assert.deepEqual([calls, said], [["close", "submit"], []]);
});
