import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { Engine } from "../../static/js/player/engine.js";
import { settled } from "./fakes.mjs";

const given = { fetch: globalThis.fetch, document: globalThis.document };
let requests;

beforeEach(() => {
  requests = [];
  globalThis.document = { baseURI: "https://live.example.org/rooms/abc/" };
  globalThis.fetch = (url, { signal }) => {
    const request = { url, signal };
    request.response = new Promise((resolve, reject) => {
      request.answer = resolve;
      signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
    requests.push(request);
    return request.response;
  };
});

afterEach(() => Object.assign(globalThis, given));

class BaseLoader {
  destroy() {}
}

/** As much of mpegts.js as the engine uses; `fed` is what its demuxer would get. */
function fakeLibrary(fed = []) {
  return {
    BaseLoader,
    LoaderErrors: { EXCEPTION: "Exception", HTTP_STATUS_CODE_INVALID: "HttpStatusCodeInvalid" },
    LoaderStatus: { kIdle: 0, kConnecting: 1, kBuffering: 2, kError: 3, kComplete: 4 },
    Events: { ERROR: "error", LOADING_COMPLETE: "loading_complete" },
    createPlayer({ url }, { customLoader: Loader }) {
      const listeners = {};
      const loader = new Loader();
      loader._onDataArrival = (piece) => fed.push(...new Uint8Array(piece));
      loader._onError = (type, info) => listeners.error("NetworkError", type, info);
      loader._onComplete = () => listeners.loading_complete();
      return {
        on: (name, listener) => (listeners[name] = listener),
        attachMediaElement: () => {},
        load: () => loader.open({ url }),
        destroy: () => loader.destroy(),
      };
    },
  };
}

function engineWith(library) {
  const engine = new Engine(new EventTarget(), { url: "/live/abc.flv", library, clock: () => 7 });
  const heard = [];
  for (const name of ["attached", "detaching", "failed"]) {
    engine.addEventListener(name, ({ detail }) => heard.push(detail ? { name, ...detail } : name));
  }
  return { engine, heard };
}

function stream(...bytes) {
  return streamFrom("", ...bytes);
}

function streamFrom(url, ...bytes) {
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(bytes)),
  });
  return { ok: true, url, body };
}

const later = () => new Promise((resolve) => setTimeout(resolve, 5));

test("the stream is on its way before the library is here, and is read once it is", async () => {
  const fed = [];
  let arrive;
  const { engine, heard } = engineWith(() => new Promise((resolve) => (arrive = resolve)));

  engine.start();
  assert.deepEqual(requests.map(({ url }) => url), ["https://live.example.org/live/abc.flv"]);
  requests[0].answer(stream(70, 76, 86));
  arrive(fakeLibrary(fed));
  await later();

  assert.deepEqual([fed, engine.received, heard], [[70, 76, 86], 3, ["attached"]]);
  assert.equal(requests.length, 1);
});

test("whoever leaves before the library is here leaves no connection behind", async () => {
  let arrive;
  const { engine, heard } = engineWith(() => new Promise((resolve) => (arrive = resolve)));

  engine.start();
  engine.stop();
  arrive(fakeLibrary());
  await settled();

  assert.deepEqual([requests[0].signal.aborted, heard], [true, []]);
});

test("a library that does not come is a failure, and the stream is let go", async () => {
  const { engine, heard } = engineWith(() => Promise.reject(new Error("404")));

  engine.start();
  await later();

  assert.deepEqual(heard, [{ name: "failed", kind: "network", reason: "library" }]);
  assert.equal(requests[0].signal.aborted, true);
});

test("a refusal that came before the library is told with its reason", async () => {
  const { engine, heard } = engineWith(() => Promise.resolve(fakeLibrary()));

  engine.start();
  requests[0].answer({
    ok: false,
    status: 429,
    statusText: "Too Many Requests",
    headers: new Headers({ "Retry-After": "4" }),
    json: async () => ({ code: "too-many-streams" }),
  });
  await later();

  const refused = { kind: "refused", status: 429, reason: "too-many-streams", retryAfter: 4 };
  assert.deepEqual(heard, ["attached", "detaching", { name: "failed", ...refused }]);
});

test("connecting anew asks anew, and lets the old connection go", async () => {
  const { engine, heard } = engineWith(() => Promise.resolve(fakeLibrary()));

  engine.start();
  await settled();
  engine.start();
  await settled();

  assert.deepEqual(requests.map(({ signal }) => signal.aborted), [true, false]);
  assert.deepEqual(heard, ["attached", "detaching", "attached"]);
});

test("what was asked for ahead is what is read; it is asked for once", async () => {
  const fed = [];
  const { engine } = engineWith(() => Promise.resolve(fakeLibrary(fed)));

  engine.ask();
  engine.ask();
  engine.start();
  requests[0].answer(stream(70));
  await later();

  assert.deepEqual([requests.length, requests[0].signal.aborted, fed], [1, false, [70]]);
});

test("what was asked for ahead is let go where nobody starts", () => {
  const { engine } = engineWith(() => Promise.resolve(fakeLibrary()));

  engine.ask();
  engine.stop();

  assert.equal(requests[0].signal.aborted, true);
});

test("the site hears which edge lost the stream, until another one sends it", async () => {
  const { engine } = engineWith(() => Promise.resolve(fakeLibrary()));
  const site = "https://live.example.org/live/abc.flv";
  const edges = ["https://one.example.org", "https://two.example.org"];
  const connect = async (answer) => {
    engine.start();
    requests.at(-1).answer(answer);
    await later();
    return requests.at(-1).url;
  };
  const lost = (edge) => `${site}?lost=${encodeURIComponent(edge)}`;

  assert.equal(await connect(streamFrom(`${edges[0]}/live/abc.flv?ticket=a`, 70)), site);
  const away = { ok: false, status: 503, headers: new Headers(), json: async () => ({}) };
  assert.equal(await connect({ ...away, url: `${edges[1]}/live/abc.flv` }), lost(edges[0]));
  assert.equal(await connect(streamFrom(`${edges[1]}/live/abc.flv`, 70)), lost(edges[0]));
  assert.equal(await connect(streamFrom(site, 70)), lost(edges[1]));
  assert.equal(await connect(streamFrom(site, 70)), site);
});
