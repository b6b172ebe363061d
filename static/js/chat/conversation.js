/** What is said in one room, as this page knows it: in order, each message once. No DOM. */

/** As many messages as a page keeps. */
export const MOST = 300;
// A message without an answer is sent again when the page is back soon enough.
const STILL_FRESH_MS = 60_000;

/**
 * Announces `change` whenever something to be shown is different. What it holds:
 * - `messages`: the data of `new-message`, oldest first; a removed one also has `removed`
 * - `outgoing`: what the reader sent and is not there yet: `{nonce, text, replyTo, state}`
 */
export class Conversation extends EventTarget {
  #messages = new Map();
  #gone = new Map(); // Of messages that have not arrived, who removed them.
  #outgoing = [];
  #me = null;
  #now;

  /** @param {{now?: () => number}} deps */
  constructor({ now = Date.now } = {}) {
    super();
    this.#now = now;
  }

  get messages() {
    return [...this.#messages.values()];
  }

  get outgoing() {
    return this.#outgoing;
  }

  /** The id of the newest message, for `join-room`; null while there is none. */
  get lastId() {
    return this.messages.at(-1)?.id ?? null;
  }

  /** Whether messages are missing before the oldest: the page was away for too long. */
  hasGap = false;

  /** Take in the answer to `join-room`. */
  open({ messages, removed = [], gap = false, you, held }) {
    this.#me = you?.userId ?? null;
    if (gap || this.#messages.size === 0) {
      this.hasGap = gap;
      this.#messages.clear();
    }
    for (const message of messages) this.#put(message);
    for (const id of removed) this.#remove(id, "moderator");
    this.#settleWithoutNonce();
    if (held) this.#wait(held);
    this.#changed();
  }

  /** Take in `new-message`. */
  add(message) {
    if (message.nonce && message.userId === this.#me) this.#forget(message.nonce);
    this.#put(message);
    this.#changed();
  }

  /** Take in `message-deleted`. */
  remove({ messageId, byModerator }) {
    this.#remove(messageId, byModerator ? "moderator" : "author");
    this.#changed();
  }

  /** Take in `messages-hidden`. */
  hide({ userId, lastMessageId }) {
    for (const { id, userId: author } of this.messages) {
      if (author === userId && id <= lastMessageId) this.#remove(id, "moderator");
    }
    this.#changed();
  }

  /** Take in `chat-cleared`. */
  clear({ lastMessageId }) {
    for (const id of [...this.#messages.keys()]) {
      if (id <= lastMessageId) this.#messages.delete(id);
    }
    this.hasGap = false;
    this.#changed();
  }

  /** The reader sends something; it is shown at once. */
  sending(message) {
    const sent = { ...message, state: "sending", since: this.#now(), lastId: this.lastId ?? 0 };
    this.#outgoing = [...this.#outgoing.filter(({ nonce }) => nonce !== message.nonce), sent];
    this.#changed();
  }

  /** The server wrote it under this id; the message itself may come sooner or later. */
  sent(nonce, id) {
    if (this.#messages.has(id)) this.#forget(nonce);
    else this.#update(nonce, { state: "sent", id });
    this.#changed();
  }

  /** It waits for a moderator under this id. */
  held(nonce, heldId) {
    this.#update(nonce, { state: "held", heldId });
    this.#changed();
  }

  /** Take in `held-settled`: a message that was let through comes like any other. */
  settle({ heldId, outcome }) {
    const waiting = this.#outgoing.find((each) => each.heldId === heldId);
    if (!waiting) return;
    if (outcome === "approved") this.#forget(waiting.nonce);
    else this.#update(waiting.nonce, { state: "denied" });
    this.#changed();
  }

  /** Nobody knows whether the server has it: "unsure" until the page is back, then "failed". */
  lost(nonce, state = "unsure") {
    this.#update(nonce, { state });
    this.#changed();
  }

  /** It is not sent after all. */
  drop(nonce) {
    this.#forget(nonce);
    this.#changed();
  }

  /** What should be sent again now that the page is back; what is too old has failed. */
  toSendAgain() {
    const due = this.#outgoing.filter(({ state }) => state === "unsure");
    const fresh = due.filter(({ since }) => this.#now() - since < STILL_FRESH_MS);
    for (const each of due) {
      if (!fresh.includes(each)) this.#update(each.nonce, { state: "failed" });
    }
    this.#changed();
    return fresh;
  }

  #put(message) {
    if (this.#messages.has(message.id)) return;
    const removed = this.#gone.get(message.id);
    this.#gone.delete(message.id);
    const last = this.lastId ?? 0;
    this.#messages.set(message.id, removed ? { ...message, removed } : message);
    if (message.id < last) this.#sort();
    this.#outgoing = this.#outgoing.filter(({ id }) => id !== message.id);
    for (const id of this.#messages.keys()) {
      if (this.#messages.size <= MOST) break;
      this.#messages.delete(id);
    }
  }

  #remove(id, removed) {
    const message = this.#messages.get(id);
    if (message) this.#messages.set(id, { ...message, removed });
    else if (id > (this.lastId ?? 0)) this.#gone.set(id, removed);
  }

  #sort() {
    this.#messages = new Map([...this.#messages].sort(([a], [b]) => a - b));
  }

  /** After a reconnect messages come without nonces: ours are known by what they say. */
  #settleWithoutNonce() {
    const claimed = new Set();
    this.#outgoing = this.#outgoing.filter(({ state, text, lastId }) => {
      if (state !== "unsure" && state !== "held") return true;
      const found = this.messages.find(
        ({ id, userId, message }) =>
          id > lastId && userId === this.#me && !claimed.has(id) && isSame(message, text),
      );
      if (found) claimed.add(found.id);
      return !found;
    });
  }

  /** Take in what of ours waits for a moderator, sent from here or not; what waits no more was not let through. */
  #wait(held) {
    const waiting = new Set(held.map(({ heldId }) => heldId));
    const known = new Set(this.#outgoing.map(({ heldId }) => heldId));
    this.#outgoing = this.#outgoing.map((each) =>
      each.state === "held" && !waiting.has(each.heldId) ? { ...each, state: "denied" } : each,
    );
    for (const { heldId, message: text, timestamp } of held) {
      if (known.has(heldId)) continue;
      const since = Date.parse(timestamp);
      this.#outgoing.push({ nonce: `held-${heldId}`, text, state: "held", heldId, since, lastId: this.lastId ?? 0 });
    }
  }

  #forget(nonce) {
    this.#outgoing = this.#outgoing.filter((each) => each.nonce !== nonce);
  }

  #update(nonce, change) {
    this.#outgoing = this.#outgoing.map((each) => (each.nonce === nonce ? { ...each, ...change } : each));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** The server puts spaces in order; what was typed is the same but for those. */
function isSame(stored, typed) {
  const bare = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();
  return bare(stored) === bare(typed);
}
