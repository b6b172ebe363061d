/**
 * The page's one WebSocket: opened again when it breaks, joined again when it is open.
 *
 * What the server tells arrives as events of this EventTarget, named as in docs/protocol.md,
 * with the data as `detail`. Two more are its own:
 * - `room-state`: the room joined, as it stands now; after every join, also after a reconnect
 * - `connection`: `{state: "connecting" | "open" | "waiting" | "closed", retryAt}`
 */

const ANSWER_MS = 10_000;
const PROBE_MS = 5_000;
const SILENCE_MS = 40_000; // So long without a word, and we ask whether anybody is there.
const STEADY_MS = 10_000; // So long open, and the next failure counts as the first one again.
const CEILING_MS = 30_000;

const POLICY = 1008;
const SERVICE_RESTART = 1012;
const TRY_LATER = 1013;
const SIGNED_OUT = 4001;
const SHUT_OUT = 4003;
const TOO_MANY_SOCKETS = 4029;

// The server knows no such room, or not for us: asking again would not help.
const FINAL_REFUSALS = new Set([
  "room-not-found",
  "room-locked",
  "not-allowed",
  "sign-in-first",
  "banned-from-room",
  "overlay-not-found",
]);

/** Between half and all of 1 s, 2 s, 4 s … 30 s, so that a crowd does not return at once. */
export function backoff(attempt, random = Math.random) {
  const ceiling = Math.min(CEILING_MS, 1_000 * 2 ** attempt);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/** How long to stay away after the server closed with `code`; null is for good. */
export function pause(code, reason, attempt, random = Math.random) {
  if (code === POLICY || code === SHUT_OUT) return null;
  if (code === SIGNED_OUT && attempt === 0) return random() * 1_000;
  if (code === TOO_MANY_SOCKETS) {
    const seconds = Number(/^retry-after=(\d+)$/.exec(reason)?.[1] ?? 30);
    return seconds * 1_000 + random() * 2_000;
  }
  if (code === SERVICE_RESTART || code === TRY_LATER) {
    // All of the server's pages hear this at once: spread them over the whole time. In five seconds they are back.
    return random() * Math.max(4_000, Math.min(CEILING_MS, 1_000 * 2 ** attempt));
  }
  return backoff(attempt, random);
}

/** Why a request failed: the server's code, or "timeout" or "disconnected". */
export class RequestFailed extends Error {
  constructor({ code, message = "", retryAfter = null }) {
    super(message || code);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/** Where this page's socket is. */
export function socketUrl(location) {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/`;
}

export class Socket extends EventTarget {
  #url;
  #deps;
  #wire = null;
  #state = "closed";
  #attempt = 0;
  #retryAt = null;
  #retryTimer = null;
  #mayHurry = true; // False while the server told us how long to stay away.
  #steadyTimer = null;
  #silenceTimer = null;
  #nextId = 1;
  #asked = new Map(); // id → {resolve, reject, timer}
  #room = null; // {command, roomId, lastMessageId, more}

  /**
   * @param {string} url
   * @param {{WebSocket?: Function, setTimer?: Function, clearTimer?: Function,
   *   random?: () => number, now?: () => number}} deps
   */
  constructor(url, deps = {}) {
    super();
    this.#url = url;
    this.#deps = {
      WebSocket: globalThis.WebSocket,
      setTimer: (action, ms) => setTimeout(action, ms),
      clearTimer: (timer) => clearTimeout(timer),
      random: Math.random,
      now: Date.now,
      ...deps,
    };
  }

  /** "connecting", "open", "waiting" (for the next try) or "closed". */
  get state() {
    return this.#state;
  }

  /** Connect, and stay connected. Does nothing while it is. */
  open() {
    if (this.#wire) return;
    this.#stop("retry");
    this.#become("connecting");
    const wire = new this.#deps.WebSocket(this.#url);
    this.#wire = wire;
    wire.addEventListener("open", () => wire === this.#wire && this.#opened());
    wire.addEventListener("message", ({ data }) => wire === this.#wire && this.#heard(data));
    wire.addEventListener("close", ({ code, reason }) => wire === this.#wire && this.#lost(code, reason));
  }

  /** Disconnect, until `open`. */
  close() {
    this.#drop(1000);
    this.#become("closed");
  }

  /** Connect now rather than later; if connected, see whether it still is. */
  wake() {
    if (this.#state === "waiting" && this.#mayHurry) this.open();
    else if (this.#state === "open") this.#probe();
  }

  /**
   * Join a room now and after every reconnect; `room-state` says how it stands, `join-refused`
   * with `{code, message}` that it cannot be joined.
   * @param {string} roomId
   * @param {{command?: string, lastMessageId?: () => number | null, more?: object}} options
   *   `create-room` is for its owner; `lastMessageId` says where this page's chat stands, `more` is sent along
   */
  join(roomId, { command = "join-room", lastMessageId = () => null, more = {} } = {}) {
    this.#room = { command, roomId, lastMessageId, more };
    if (this.#state === "open") this.#join();
  }

  /**
   * Send a command and return what the server answers.
   * @throws {RequestFailed}
   */
  request(event, data = {}, { timeout = ANSWER_MS } = {}) {
    return new Promise((resolve, reject) => {
      if (this.#state !== "open") {
        reject(new RequestFailed({ code: "disconnected" }));
        return;
      }
      const id = this.#nextId++;
      const timer = this.#deps.setTimer(() => this.#settle(id, "reject", { code: "timeout" }), timeout);
      this.#asked.set(id, { resolve, reject, timer });
      this.#wire.send(JSON.stringify({ event, data, id }));
    });
  }

  // --- The wire ---

  #opened() {
    this.#become("open");
    this.#steadyTimer = this.#deps.setTimer(() => (this.#attempt = 0), STEADY_MS);
    this.#listenForSilence();
    if (this.#room) this.#join();
  }

  #heard(text) {
    this.#listenForSilence();
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return; // Not from our server; nothing sensible can be done.
    }
    const { event, data, id } = frame;
    if (event === "ack") this.#settle(id, "resolve", data);
    else if (event === "error") this.#settle(id, "reject", data);
    else this.#tell(event, data);
  }

  #lost(code, reason) {
    const wait = pause(code, reason, this.#attempt, this.#deps.random);
    this.#attempt += 1;
    this.#mayHurry = code !== TOO_MANY_SOCKETS;
    this.#drop();
    if (wait === null) {
      this.#become("closed");
      return;
    }
    this.#retryAt = this.#deps.now() + wait;
    this.#retryTimer = this.#deps.setTimer(() => this.open(), wait);
    this.#become("waiting");
  }

  /** Forget the wire and whoever waits for an answer over it. */
  #drop(code) {
    const wire = this.#wire;
    this.#wire = null;
    this.#stop("retry", "steady", "silence");
    if (code !== undefined) wire?.close(code);
    for (const id of [...this.#asked.keys()]) this.#settle(id, "reject", { code: "disconnected" });
  }

  /** The wire is dead, whatever the browser thinks. */
  #giveUp() {
    this.#wire?.close();
    this.#lost(1006, "");
  }

  // --- Rooms ---

  async #join(options) {
    const wire = this.#wire;
    const { command, roomId, lastMessageId, more } = this.#room;
    const seen = lastMessageId();
    const data = seen === null ? { roomId, ...more } : { roomId, lastMessageId: seen, ...more };
    try {
      const state = await this.request(command, data, options);
      if (wire === this.#wire) this.#tell("room-state", state);
    } catch (failure) {
      if (wire !== this.#wire) return; // The next wire joins by itself.
      if (FINAL_REFUSALS.has(failure.code)) this.#tell("join-refused", failure);
      else this.#giveUp();
    }
  }

  /** Ask something that takes the server no time; joining again also brings the room up to date. */
  async #probe() {
    const wire = this.#wire;
    if (this.#room) {
      await this.#join({ timeout: PROBE_MS });
      return;
    }
    try {
      await this.request("ping", {}, { timeout: PROBE_MS });
    } catch {
      if (wire === this.#wire) this.#giveUp();
    }
  }

  #listenForSilence() {
    this.#stop("silence");
    this.#silenceTimer = this.#deps.setTimer(() => this.#ping(), SILENCE_MS);
  }

  async #ping() {
    const wire = this.#wire;
    try {
      await this.request("ping");
    } catch {
      if (wire === this.#wire) this.#giveUp();
    }
  }

  // --- Small things ---

  #settle(id, how, value) {
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#asked.delete(id);
    this.#deps.clearTimer(asked.timer);
    asked[how](how === "reject" ? new RequestFailed(value) : value);
  }

  #become(state) {
    if (state !== "waiting") this.#retryAt = null;
    this.#state = state;
    this.#tell("connection", { state, retryAt: this.#retryAt });
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #stop(...names) {
    const { clearTimer } = this.#deps;
    if (names.includes("retry")) clearTimer(this.#retryTimer);
    if (names.includes("steady")) clearTimer(this.#steadyTimer);
    if (names.includes("silence")) clearTimer(this.#silenceTimer);
  }
}

/** Open the page's socket. Call it once; hand the socket to whoever needs it. */
export function openSocket({ window, document }) {
  const socket = new Socket(socketUrl(window.location));
  // js/components/news.js shows what comes for the reader, whatever the page is about.
  document.documentElement.dataset.socket = "";
  socket.addEventListener("channel-live", ({ detail }) => {
    document.dispatchEvent(new CustomEvent("channel-live", { detail }));
  });
  followPage(socket, { window, document });
  socket.open();
  return socket;
}

/**
 * Let the socket follow the page: back at once when the network or the reader is, gone while
 * the page rests in the browser's memory (an open socket would keep it from doing so).
 */
export function followPage(socket, { window, document }) {
  window.addEventListener("online", () => socket.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") socket.wake();
  });
  window.addEventListener("pagehide", () => socket.close());
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) socket.open();
  });
}
