/** Paints a conversation into the log: at most once per frame, and only what changed. */

import { Unread } from "./unread.js";

const NEAR_THE_END_PX = 100;

/**
 * Follows the newest message while the reader is at the end; else counts what they have not seen
 * on `[data-chat-newer]`. A line divides what came while they looked elsewhere. The focus stays where it is.
 */
export class Log {
  #root;
  #conversation;
  #view;
  #deps;
  #items = new Map(); // Key → {item, source}
  #reader = {};
  #isDue = false;
  #isAtEnd = true;
  #unseen = 0;
  #unread = new Unread();
  #divider;

  /**
   * @param {Element} root holds the scroller, the list and the pill
   * @param {import("./conversation.js").Conversation} conversation
   * @param {import("./message.js").MessageView} view
   * @param {{requestFrame?: Function, plural: Intl.PluralRules, document: Document,
   *   preferences: import("./preferences.js").Preferences}} deps
   */
  constructor(root, conversation, view, deps) {
    this.#root = root;
    this.#conversation = conversation;
    this.#view = view;
    this.#deps = { requestFrame: (paint) => requestAnimationFrame(paint), ...deps };
    conversation.addEventListener("change", () => this.#paintSoon());
    this.#scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#part("newer").addEventListener("click", () => this.toEnd());
    this.#divider = this.#part("divider").content.firstElementChild.cloneNode(true);
    deps.document.addEventListener("visibilitychange", () => this.#looked());
    deps.preferences.addEventListener("change", () => this.#paintSoon());
    new ResizeObserver(() => this.#isAtEnd && this.#scrollToEnd()).observe(this.#scroller);
  }

  /** Who reads: decides what they may do with a message, and what speaks to them. */
  set reader(reader) {
    const isOther = ["userId", "canModerate", "role"].some((key) => reader[key] !== this.#reader[key]);
    this.#reader = reader;
    if (isOther) this.#items.clear();
    this.#paintSoon();
  }

  /** Show the newest message, and follow again. */
  toEnd() {
    this.#isAtEnd = true;
    this.#scrollToEnd();
    this.#showUnseen(0);
    this.#looked();
  }

  /** The reader takes part: what was before is read. */
  said() {
    this.toEnd();
    this.#unread.clear();
    this.#paintSoon();
  }

  get #scroller() {
    return this.#part("scroller");
  }

  #part(name) {
    return this.#root.querySelector(`[data-chat-${name}]`);
  }

  #paintSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#deps.requestFrame(() => {
      this.#isDue = false;
      this.#paint();
    });
  }

  #paint() {
    const list = this.#part("log");
    const before = this.#items.size;
    const { messages, outgoing, hasGap } = this.#conversation;
    const wanted = [
      ...this.#said(messages),
      ...outgoing.map((message) => this.#item(`o${message.nonce}`, message, "outgoing")),
    ];
    const added = put(list, wanted, this.#divider);
    const keys = new Set(wanted.map(({ key }) => key));
    for (const key of this.#items.keys()) if (!keys.has(key)) this.#items.delete(key);
    this.#part("welcome").hidden = wanted.length > 0;
    this.#part("gap").hidden = !hasGap;
    if (this.#isAtEnd) this.#scrollToEnd();
    else if (before) this.#showUnseen(this.#unseen + added);
  }

  /** What was said, without those whom the reader does not want to read, and with the divider. */
  #said(all) {
    const { preferences } = this.#deps;
    const messages = all.filter(({ userId }) => !preferences.isMuted(userId));
    const items = messages.map((message) => this.#item(`m${message.id}`, message, "said"));
    const first = this.#unread.firstIn(messages, this.#reader.userId ?? null);
    if (first === null) return items;
    const place = messages.findIndex(({ id }) => id === first);
    return items.toSpliced(place, 0, { key: "divider", item: this.#divider });
  }

  #item(key, source, kind) {
    const known = this.#items.get(key);
    if (known?.source === source) return known;
    const entry = { key, source, item: this.#view[kind](source, this.#reader) };
    this.#items.set(key, entry);
    return entry;
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_THE_END_PX;
    if (this.#isAtEnd) this.#showUnseen(0);
    else if (this.#part("newer").hidden) this.#showUnseen(this.#unseen);
    this.#looked();
  }

  /** Whether the reader sees what comes may have changed. */
  #looked() {
    const isLooking = this.#isAtEnd && this.#deps.document.visibilityState === "visible";
    this.#unread.look(isLooking, this.#conversation.lastId);
  }

  #scrollToEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #showUnseen(count) {
    this.#unseen = count;
    const pill = this.#part("newer");
    pill.hidden = this.#isAtEnd;
    this.#part("newer-text").textContent = unseenText(count, pill.dataset, this.#deps.plural);
  }
}

/** What the pill says. */
export function unseenText(count, { textNone, textOne, textOther }, plural) {
  if (!count) return textNone;
  const text = plural.select(count) === "one" ? textOne : textOther;
  return text.replace("{count}", count);
}

/** Make `list` hold exactly these items in this order, touching no more than it must; count the new messages. */
function put(list, wanted, divider) {
  let added = 0;
  let place = list.firstElementChild;
  const items = new Set(wanted.map(({ item }) => item));
  for (const { item } of wanted) {
    while (place && !items.has(place)) {
      const next = place.nextElementSibling;
      place.remove();
      place = next;
    }
    if (item === place) {
      place = place.nextElementSibling;
    } else {
      if (!item.isConnected && item !== divider) added += 1;
      list.insertBefore(item, place);
    }
  }
  while (place) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
  return added;
}
