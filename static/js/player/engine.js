/** mpegts.js with our settings: one connection at a time, and one kind of failure event. */

import { StreamRequest, streamLoader } from "./loader.js";

const SETTINGS = Object.freeze({
  isLive: true,
  enableWorker: false, // Its worker is a blob:, which the content security policy forbids.
  enableStashBuffer: false, // Would hold data back.
  lazyLoad: false,
  liveSync: false, // latency.js is the one mechanism.
  autoCleanupSourceBuffer: true,
  autoCleanupMaxBackwardDuration: 60,
  autoCleanupMinBackwardDuration: 30,
});

/**
 * Events: `attached` (the video element has a source, play() makes sense), `detaching` (it is
 * about to lose it), `failed` (detail: see `failureOf`; the connection is closed already).
 */
export class Engine extends EventTarget {
  #video;
  #url;
  #library;
  #clock;
  #player = null;
  #asked = null; // What `start` will read.
  #request = null;
  #lost = ""; // Who sent the last connection's stream.
  #turn = 0;
  #lastBytes = -Infinity;
  #received = 0;

  /** @param {{url: string, library: () => Promise<object>, clock: () => number}} deps */
  constructor(video, { url, library, clock }) {
    super();
    this.#video = video;
    this.#url = new URL(url, document.baseURI).href;
    this.#library = library;
    this.#clock = clock;
    video.addEventListener("error", () => {
      if (this.#player) this.#fail(this.#turn, { kind: "media", reason: video.error?.message });
    });
  }

  /** When the last bytes arrived, on the clock given. */
  get lastBytes() {
    return this.#lastBytes;
  }

  /** How many bytes this connection has brought. */
  get received() {
    return this.#received;
  }

  /** What the stream says it is made of: `{fps, videoCodec, audioCodec}`, or null. */
  get info() {
    return this.#player?.mediaInfo ?? null;
  }

  /** Ask for the stream before there is time to show it. */
  ask() {
    this.#asked ??= new StreamRequest(this.#address());
  }

  /** Connect, from scratch. */
  async start() {
    const asked = this.#asked;
    this.#asked = null;
    this.stop();
    const turn = this.#turn;
    this.#request = asked ?? new StreamRequest(this.#address());
    let mpegts;
    try {
      mpegts = await this.#library();
    } catch {
      this.#fail(turn, { kind: "network", reason: "library" });
      return;
    }
    if (turn !== this.#turn) return;
    this.#lastBytes = this.#clock();
    try {
      this.#open(mpegts, turn);
    } catch (error) {
      this.#fail(turn, { kind: "media", reason: String(error.message) });
    }
  }

  /** Disconnect. The video element is left without a source. */
  stop() {
    this.#turn += 1;
    this.#asked?.abort();
    this.#request?.abort();
    this.#lost = this.#request?.servedBy || this.#lost;
    this.#asked = this.#request = null;
    if (!this.#player) return;
    this.#announce("detaching");
    this.#player.destroy();
    this.#player = null;
  }

  /** The stream's address. An edge that has lost us may be gone before the site knows: say which. */
  #address() {
    const address = new URL(this.#url);
    const isElsewhere = this.#lost && this.#lost !== address.origin;
    if (isElsewhere) address.searchParams.set("lost", this.#lost);
    return address.href;
  }

  #open(mpegts, turn) {
    this.#received = 0;
    const customLoader = streamLoader(mpegts, this.#request, (bytes) => {
      this.#lastBytes = this.#clock();
      this.#received += bytes;
    });
    const player = mpegts.createPlayer(
      { type: "flv", isLive: true, url: this.#url },
      { ...SETTINGS, customLoader },
    );
    player.on(mpegts.Events.ERROR, (type, detail, info) => {
      this.#fail(turn, failureOf(type, detail, info));
    });
    player.on(mpegts.Events.LOADING_COMPLETE, () => this.#fail(turn, { kind: "finished" }));
    this.#player = player;
    player.attachMediaElement(this.#video);
    player.load();
    this.#announce("attached");
  }

  #fail(turn, failure) {
    // Later, because mpegts.js still has calls on the way that it must not find itself gone by.
    setTimeout(() => {
      if (turn !== this.#turn) return;
      this.stop();
      this.#announce("failed", failure);
    });
  }

  #announce(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/**
 * Return what an error of mpegts.js means for us. Its `kind`: "refused" (by the server, with
 * `status`, `reason`, `retryAfter`), "network", "codec" (this browser cannot decode it) or
 * "media"; "finished" comes from the server closing the stream.
 */
export function failureOf(type, detail, info = {}) {
  if (detail === "HttpStatusCodeInvalid") {
    const { code, reason, retryAfter } = info;
    return { kind: "refused", status: code, reason, retryAfter };
  }
  if (type === "NetworkError") return { kind: "network", reason: info.msg };
  const codec = detail === "CodecUnsupported" || /not supported|unsupported/i.test(info.msg ?? "");
  return { kind: codec ? "codec" : "media", reason: info.msg };
}

/** Return a function that loads mpegts.js once, when it is first needed. */
export function libraryAt(url) {
  let loading = null;
  return () => {
    loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.addEventListener("load", () => {
        window.mpegts.LoggingControl.enableAll = false;
        resolve(window.mpegts);
      });
      script.addEventListener("error", () => {
        loading = null; // The next try may find the network again.
        script.remove();
        reject(new Error("mpegts.js did not load"));
      });
      document.head.append(script);
    });
    return loading;
  };
}
