/** One message as an element of the log. User text only ever becomes text nodes. */

import { lazyIntl } from "../core/lazy.js";
import { doing } from "./commands.js";
import { hueOf, isBigEmoji, pieces, speaksTo } from "./text.js";

/**
 * Draws messages from `[data-chat-message]`, the template of one.
 */
export class MessageView {
  #blank;
  #document;
  #time;

  /**
   * @param {HTMLTemplateElement} blank
   * @param {{document: Document, language?: string}} deps
   */
  constructor(blank, { document, language }) {
    this.#blank = blank;
    this.#document = document;
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    this.#time = lazyIntl(() => new Intl.DateTimeFormat(language, clock));
  }

  /** Return the element of a message that is in the room. */
  said(message, reader) {
    const item = this.#item(message.message, message.userId, message.displayName, reader);
    item.dataset.id = message.id;
    const sent = new Date(message.timestamp);
    const time = part(item, "[data-time]");
    time.dateTime = message.timestamp;
    time.textContent = this.#time.format(sent);
    for (const role of item.querySelectorAll("[data-role]")) {
      role.hidden = role.dataset.role !== message.role;
    }
    if (message.replyTo) this.#quote(item, message.replyTo);
    if (speaksTo(message, reader)) item.dataset.mention = "";
    if (message.removed) this.markRemoved(item, message.removed);
    showTools(item, message, reader);
    return item;
  }

  /** Return the element of a message that is on its way. */
  outgoing({ nonce, text, replyTo, state }, reader) {
    const item = this.#item(text, reader.userId, reader.displayName, reader);
    item.dataset.nonce = nonce;
    item.dataset.state = state;
    part(item, "[data-time]").hidden = true;
    for (const fate of item.querySelectorAll("[data-fate]")) fate.hidden = fate.dataset.fate !== state;
    part(item, "[data-tools]").hidden = true;
    for (const role of item.querySelectorAll("[data-role]")) {
      role.hidden = role.dataset.role !== reader.role;
    }
    if (replyTo) this.#quote(item, replyTo);
    return item;
  }

  /** What was said is gone: say by whom, in its place. */
  markRemoved(item, removed) {
    item.dataset.removed = removed;
    delete item.dataset.mention;
    part(item, "[data-text]").replaceChildren();
    part(item, "[data-quote]").hidden = true;
    part(item, "[data-tools]").hidden = true;
    for (const mark of item.querySelectorAll(".removed")) {
      mark.hidden = mark.dataset.removed !== removed;
    }
  }

  #item(text, userId, name, reader) {
    const item = this.#blank.content.cloneNode(true).firstElementChild;
    const who = part(item, "[data-name]");
    who.textContent = name || who.dataset.textGone;
    const hue = hueOf(userId);
    if (hue !== null) who.dataset.hue = hue;
    const body = part(item, "[data-text]");
    const deed = doing(text);
    if (deed !== null) item.dataset.doing = "";
    body.append(...this.#nodes(deed ?? text, reader));
    if (isBigEmoji(text)) body.dataset.big = "";
    return item;
  }

  #quote(item, { displayName, message }) {
    const quote = part(item, "[data-quote]");
    quote.hidden = false;
    const who = part(item, "[data-quote-name]");
    who.textContent = displayName || part(item, "[data-name]").dataset.textGone;
    part(item, "[data-quote-text]").textContent = message;
  }

  #nodes(text, reader) {
    return pieces(text).map((piece) => {
      if (piece.href) return this.#link(piece);
      if (piece.username) return this.#mention(piece, reader);
      return piece.text;
    });
  }

  #link({ text, href }) {
    const link = this.#document.createElement("a");
    link.href = href;
    link.rel = "noopener nofollow ugc";
    link.target = "_blank";
    link.textContent = text;
    return link;
  }

  #mention({ text, username }, reader) {
    const mention = this.#document.createElement("span");
    mention.className = "mention";
    if (username.toLowerCase() === reader.username?.toLowerCase()) mention.dataset.me = "";
    mention.textContent = text;
    return mention;
  }
}

/** Show what the reader may do with a message. */
function showTools(item, { userId, removed }, reader) {
  const isMine = userId !== null && userId === reader.userId;
  part(item, "[data-tools]").hidden = !reader.signedIn || Boolean(removed);
  part(item, '[data-action="reply"]').hidden = !reader.signedIn;
  part(item, '[data-action="delete"]').hidden = !(isMine || reader.canModerate);
}

function part(item, selector) {
  return item.querySelector(selector);
}
