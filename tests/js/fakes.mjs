// What the browser gives us, as far as the modules under test use it.

/** Time that passes only when told to. */
export class FakeTime {
  #now = 0;
  #timers = new Map();
  #nextId = 1;

  now = () => this.#now;

  setTimer = (action, milliseconds) => {
    this.#timers.set(this.#nextId, { action, due: this.#now + milliseconds });
    return this.#nextId++;
  };

  clearTimer = (id) => {
    this.#timers.delete(id);
  };

  get pending() {
    return this.#timers.size;
  }

  /** Let time pass, timers and the promises they settle included. */
  async pass(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const [id, timer] = [...this.#timers].sort(([, a], [, b]) => a.due - b.due)[0] ?? [];
      if (!timer || timer.due > end) break;
      this.#timers.delete(id);
      this.#now = timer.due;
      timer.action();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Let promises that are due run. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A server and its sockets; `FakeServer.WebSocket` is the constructor that a page would call. */
export class FakeServer {
  wires = [];

  constructor() {
    const { wires } = this;
    this.WebSocket = class extends EventTarget {
      sent = [];
      closedWith = null;

      constructor(url) {
        super();
        this.url = url;
        wires.push(this);
      }

      send(text) {
        this.sent.push(JSON.parse(text));
      }

      close(code) {
        this.closedWith = code ?? 1000;
      }
    };
  }

  get wire() {
    return this.wires.at(-1);
  }

  accept() {
    this.wire.dispatchEvent(new Event("open"));
  }

  say(frame) {
    this.wire.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(frame) }));
  }

  async answer(data, event = "ack") {
    const { id } = this.wire.sent.at(-1);
    this.say({ event, id, data });
    await settled();
  }

  hangUp(code = 1006, reason = "") {
    this.wire.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }
}

/** Part of a page: found by `[data-…]` selectors, remembers what it was given. */
export class FakeElement {
  hidden = false;
  textContent = "";
  children = [];
  dataset = {};

  constructor(parts = {}) {
    this.parts = parts;
  }

  querySelectorAll(selector) {
    return this.parts[selector] ?? [];
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }
}

/** Part of a page that hears events and has attributes; other parts are found in it by selector. */
export class FakePart extends EventTarget {
  hidden = false;
  textContent = "";
  dataset = {};
  #attributes = new Set();

  constructor(parts = {}) {
    super();
    this.parts = parts;
  }

  querySelector(selector) {
    return this.parts[selector] ?? null;
  }

  toggleAttribute(name, isThere) {
    if (isThere) this.#attributes.add(name);
    else this.#attributes.delete(name);
  }

  hasAttribute(name) {
    return this.#attributes.has(name);
  }

  focus() {}
}

/** What a browser keeps for a site. */
export class FakeStorage {
  #kept;

  constructor(kept = {}) {
    this.#kept = new Map(Object.entries(kept));
  }

  getItem(key) {
    return this.#kept.get(key) ?? null;
  }

  setItem(key, value) {
    this.#kept.set(key, value);
  }
}
