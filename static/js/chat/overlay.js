/** A streamer's chat over a picture: the newest messages, gone when they have been read. */

import { Conversation } from "./conversation.js";
import { MessageView } from "./message.js";
import { isWanted } from "./overlay-options.js";

/** As many messages as a scene has room for, and then some. */
const MOST = 50;
const FADING_MS = 700; // As css/overlay.css has it.
const NOBODY = { userId: undefined };

/**
 * @param {HTMLElement} root
 * @param {import("../core/socket.js").Socket} socket of `/ws/overlay/`
 * @param {{secret: string, options: object, document: Document, language?: string,
 *   now?: () => number, setTimer?: Function, requestFrame?: Function}} deps
 */
export function mountOverlay(root, socket, { secret, options, document, language, ...deps }) {
  const word = root.querySelector("[data-overlay-word]");
  const shown = new Shown(root, options, { document, language, ...deps });
  let conversation = new Conversation();
  let roomId = null;
  let isBack = false;

  const join = () =>
    socket.join("", { command: "join-overlay", more: { secret }, lastMessageId: () => conversation.lastId });
  const turnTo = (id) => {
    roomId = id;
    conversation = new Conversation();
    conversation.addEventListener("change", () => shown.paintSoon(conversation));
    shown.clear();
  };
  const hears = {
    "new-message": (data) => conversation.add(data),
    "message-deleted": (data) => conversation.remove(data),
    "messages-hidden": (data) => conversation.hide(data),
    "chat-cleared": (data) => conversation.clear(data),
  };
  for (const [name, take] of Object.entries(hears)) {
    socket.addEventListener(name, ({ detail }) => detail.roomId === roomId && take(detail));
  }
  socket.addEventListener("room-state", ({ detail }) => {
    isBack = true;
    word.hidden = true;
    if (detail.roomId !== roomId) turnTo(detail.roomId);
    shown.serverTime = Date.parse(detail.serverTime);
    conversation.open(detail);
  });
  socket.addEventListener("overlay-moved", ({ detail }) => {
    turnTo(detail.roomId);
    join();
  });
  // A link that never worked says so to whoever pastes it; one that ends while on air goes blank.
  socket.addEventListener("join-refused", () => {
    turnTo(null);
    word.textContent = word.dataset.textBad;
    word.hidden = isBack;
  });
  socket.addEventListener("connection", ({ detail }) => {
    if (detail.state === "closed") turnTo(null);
  });
  turnTo(null);
  join();
}

/** The messages that are to be seen right now. */
class Shown {
  #root;
  #options;
  #deps;
  #view;
  #items = new Map(); // Id → {item, source}
  #over = new Set(); // Ids of those that have faded.
  #skew = 0;
  #isDue = false;

  constructor(root, options, { document, language, ...deps }) {
    this.#root = root;
    this.#options = options;
    this.#deps = {
      now: Date.now,
      setTimer: (action, ms) => setTimeout(action, ms),
      requestFrame: (paint) => requestAnimationFrame(paint),
      ...deps,
    };
    this.#view = new MessageView(root.querySelector("[data-chat-message]"), { document, language });
    root.dataset.look = options.look;
    root.dataset.grow = options.grow;
    root.style.setProperty("--size", `${options.size}px`);
  }

  /** What the server's clock shows now. */
  set serverTime(time) {
    this.#skew = time - this.#deps.now();
  }

  clear() {
    this.#items.clear();
    this.#over.clear();
    this.#list.replaceChildren();
  }

  paintSoon(conversation) {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#deps.requestFrame(() => {
      this.#isDue = false;
      this.#paint(conversation);
    });
  }

  get #list() {
    return this.#root.querySelector("[data-overlay-log]");
  }

  #paint({ messages }) {
    const wanted = messages.filter((message) => isWanted(message, this.#options));
    const fresh = wanted.slice(-MOST).filter((message) => !this.#over.has(message.id) && this.#lasts(message) > 0);
    const ids = new Set(fresh.map(({ id }) => id));
    for (const [id, { item }] of this.#items) {
      if (!ids.has(id) && !item.hasAttribute("data-fading")) this.#drop(id);
    }
    for (const message of fresh) if (!this.#items.has(message.id)) this.#add(message);
    const known = new Set(messages.map(({ id }) => id));
    for (const id of this.#over) if (!known.has(id)) this.#over.delete(id);
  }

  #add(message) {
    const item = this.#view.said(message, NOBODY);
    const last = [...this.#items.keys()].at(-1) ?? 0;
    this.#items.set(message.id, { item });
    if (message.id > last) this.#list.append(item);
    else this.#sort();
    if (this.#options.fade) this.#deps.setTimer(() => this.#fade(message.id), this.#lasts(message));
  }

  #sort() {
    this.#items = new Map([...this.#items].sort(([a], [b]) => a - b));
    this.#list.replaceChildren(...[...this.#items.values()].map(({ item }) => item));
  }

  #fade(id) {
    const found = this.#items.get(id);
    if (!found) return;
    this.#over.add(id);
    found.item.dataset.fading = "";
    this.#deps.setTimer(() => this.#drop(id), FADING_MS);
  }

  #drop(id) {
    this.#items.get(id)?.item.remove();
    this.#items.delete(id);
  }

  /** For how long a message is still to be seen. */
  #lasts({ timestamp }) {
    if (!this.#options.fade) return Infinity;
    return Date.parse(timestamp) + this.#options.fade * 1000 - (this.#deps.now() + this.#skew);
  }
}
