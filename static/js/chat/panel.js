/** The chat of one room: what is said, and the field to say something. */

import { answerTo, commandIn, requestOf } from "./commands.js";
import { mountComforts } from "./comforts.js";
import { Completion } from "./completion.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { withPictures } from "./emoji.js";
import { mountEntry } from "./entry.js";
import { mountHeld } from "./held.js";
import { showModes } from "./modes.js";
import { mountWords } from "./words.js";
import { put } from "../core/api.js";
import { lazyIntl } from "../core/lazy.js";
import { mountEmojiPicker } from "./emoji-picker.js";
import { Log } from "./log.js";
import { MessageView } from "./message.js";
import { mountBanner } from "./banner.js";
import { mountCard } from "./card.js";
import { preferencesOf, storageOf } from "./preferences.js";
import { mountRules } from "./rules.js";
import { mountSettings } from "./settings.js";
import { peopleIn } from "./suggestions.js";
import { onRoomState } from "../rooms/room-state.js";

/** Without an answer to these we do not know whether the server has it. */
const UNSURE = new Set(["disconnected", "timeout", "unavailable"]);

/**
 * Bring one `[data-chat]` to life.
 * @param {Element} root
 * @param {{socket: import("../core/socket.js").Socket, roomId: string, document: Document,
 *   language?: string, newNonce?: () => string}} deps
 * @returns {Conversation} whose `lastId` is what to join the room with
 */
export function mountChat(root, { socket, roomId, document, language, newNonce = randomNonce }) {
  const conversation = new Conversation();
  const part = (name) => root.querySelector(`[data-chat-${name}]`);
  const view = new MessageView(part("message"), { document, language });
  const preferences = preferencesOf(document.defaultView);
  const plural = lazyIntl(() => new Intl.PluralRules(language));
  const log = new Log(root, conversation, view, { plural, document, preferences });
  const form = part("form");
  const composer = form && new Composer(form);
  const sender = new Sender({ socket, conversation, composer, log, texts: form?.dataset ?? {} });

  const settings = part("settings") && mountSettings(root, { socket });
  const openCard = part("card") && mountCard(part("card"), { socket, language, document });
  const comforts = mountComforts(root, { socket, roomId, document, preferences });

  const held = part("held") && mountHeld(root, { socket, roomId, language });
  const entry = part("entry") && mountEntry(part("entry"), { put });
  if (part("words")) mountWords(root, { socket });
  if (part("rules")) mountRules(part("rules").parentElement, { socket, roomId });

  mountBanner(part("banner"), socket);
  hear(socket, roomId, conversation);
  hearModes(root, socket, roomId, [sender, settings, entry]);
  hearRights(socket, roomId, [log, sender, settings, held, entry, ...comforts]);
  socket.addEventListener("room-state", ({ detail }) => {
    if (detail.roomId !== roomId || !detail.messages) return;
    conversation.open(detail);
    sender.sendAgain();
  });
  onRoomState(socket, roomId, ({ state }) => {
    if (composer) composer.isOver = state === "ended";
  });
  if (composer) {
    const people = () => peopleIn(conversation.messages, ownerOf(root), sender.reader.userId);
    mountComposer(composer, sender, { root, document, newNonce, people, plural, preferences });
  }
  part("log").addEventListener("click", ({ target }) => {
    const action = target.closest("[data-action]")?.dataset.action;
    const deps = { conversation, composer, sender, socket, openCard };
    if (action) act(action, target.closest("li").dataset, deps);
  });
  return conversation;
}

function ownerOf(root) {
  const { ownerId, ownerUsername, ownerName } = root.dataset;
  return { userId: Number(ownerId), username: ownerUsername, displayName: ownerName };
}

function mountComposer(composer, sender, { root, document, newNonce, people, plural, preferences }) {
  let emoji = [];
  const load = async () => {
    if (!emoji.length) emoji = (await import("./emoji-data.js")).EMOJI;
    return emoji;
  };
  composer.addEventListener("send", (event) => {
    const { text, replyTo } = event.detail;
    const command = commandIn(text, sender.reader);
    if (command) {
      sender.obey(command, event);
      return;
    }
    // Until somebody types a colon or opens the picker nobody needs the list.
    const message = { text: withPictures(text, emoji), replyTo, nonce: newNonce() };
    if (!sender.send(message)) event.preventDefault();
  });
  composer.addEventListener("colon", load, { once: true });
  const isTouch = document.defaultView.matchMedia("(pointer: coarse)").matches;
  new Completion(root.querySelector("[data-chat-form]"), { people, loadEmoji: load, document, plural, isTouch });
  const picker = root.querySelector("[data-chat-emoji]");
  mountEmojiPicker(picker, {
    choose: (picture) => composer.insert(picture),
    document,
    storage: storageOf(document.defaultView),
    load,
    preferences,
  });
}

/** Sends what the composer has, and says what became of it. */
class Sender {
  #deps;
  #modes = { slowSeconds: 0 };
  #reader = {};

  constructor(deps) {
    this.#deps = deps;
  }

  set modes(modes) {
    this.#modes = modes;
  }

  set reader(reader) {
    this.#reader = reader;
    if (this.#deps.composer) this.#deps.composer.barred = reader.barred;
  }

  get reader() {
    return this.#reader;
  }

  /** Carry out a command. One that is none stays in the field. */
  obey(command, event) {
    const { composer, texts } = this.#deps;
    const { name } = command;
    if (name === "unknown" || name === "usage") {
      event.preventDefault();
      composer.complain(name === "usage" ? texts.textHelpModerators : texts.textUnknown);
    } else if (name === "help") {
      const lines = [texts.textHelp, this.#reader.canModerate && texts.textHelpModerators];
      // After the field is emptied, which takes away what was told before.
      queueMicrotask(() => composer.tell(lines.filter(Boolean).join("\n")));
    } else {
      this.#order(command, event.detail);
    }
  }

  async #order(command, typed) {
    const { socket, composer, texts } = this.#deps;
    try {
      const answer = await socket.request(...requestOf(command));
      composer.tell(answerTo(command, answer, texts));
    } catch (failure) {
      composer.giveBack(typed);
      composer.complain(failure.message);
    }
  }

  /** Send a message; false while there is nobody to send it to. */
  send(message) {
    const { socket, conversation, composer, log, texts } = this.#deps;
    if (socket.state !== "open") {
      composer.complain(texts.textDisconnected);
      return false;
    }
    conversation.sending(message);
    log.said();
    this.#request(message);
    return true;
  }

  /** Send again what nobody knows the fate of. */
  sendAgain() {
    for (const message of this.#deps.conversation.toSendAgain()) this.retry(message);
  }

  retry(message) {
    this.#deps.conversation.sending(message);
    this.#request(message);
  }

  async #request({ nonce, text, replyTo }) {
    const { socket, conversation, composer } = this.#deps;
    const data = { message: text, nonce, replyTo: replyTo?.id };
    try {
      const { id, heldId } = await socket.request("chat-message", data);
      if (heldId) conversation.held(nonce, heldId);
      else conversation.sent(nonce, id);
      if (!this.#reader.canModerate) composer.waitFor(this.#modes.slowSeconds);
    } catch (failure) {
      if (failure.code === "disconnected" || failure.code === "timeout") conversation.lost(nonce);
      else if (UNSURE.has(failure.code)) conversation.lost(nonce, "failed");
      else this.#refused({ nonce, text, replyTo }, failure);
    }
  }

  #refused(message, { code, message: sentence, retryAfter }) {
    const { conversation, composer, texts } = this.#deps;
    // What was typed is never lost: back into the field, or shown as not sent.
    if (composer.giveBack(message)) conversation.drop(message.nonce);
    else conversation.lost(message.nonce, "failed");
    const known = { "too-fast": texts.textTooFast, "slow-mode": texts.textSlowMode }[code];
    composer.complain(known?.replace("{seconds}", retryAfter) ?? sentence);
    if (known) composer.waitFor(retryAfter);
  }
}

function hear(socket, roomId, conversation) {
  const changes = {
    "new-message": (data) => conversation.add(data),
    "message-deleted": (data) => conversation.remove(data),
    "messages-hidden": (data) => conversation.hide(data),
    "chat-cleared": (data) => conversation.clear(data),
    "held-settled": (data) => conversation.settle(data),
  };
  for (const [name, change] of Object.entries(changes)) {
    socket.addEventListener(name, ({ detail }) => {
      if (detail.roomId === roomId) change(detail);
    });
  }
}

/** Show which modes hold, now and whenever they change. */
function hearModes(root, socket, roomId, those) {
  for (const name of ["room-state", "room-updated"]) {
    socket.addEventListener(name, ({ detail: { roomId: id, modes } }) => {
      if (id !== roomId || !modes) return;
      for (const each of those) if (each) each.modes = modes;
      showModes(root, modes);
    });
  }
}

/** Hand on what the reader may do here, now and whenever it changes. */
function hearRights(socket, roomId, those) {
  let reader = {};
  for (const name of ["room-state", "rights-changed"]) {
    socket.addEventListener(name, ({ detail: { roomId: id, you } }) => {
      if (id !== roomId || !you) return;
      reader = { ...reader, ...you };
      for (const each of those) if (each) each.reader = reader;
    });
  }
}

function act(action, { id, nonce }, { conversation, composer, sender, socket, openCard }) {
  const message = conversation.messages.find((each) => String(each.id) === id);
  const outgoing = conversation.outgoing.find((each) => each.nonce === nonce);
  if (action === "reply" && message) composer?.replyTo(message);
  else if (action === "card" && message?.userId) openCard?.(message.userId);
  else if (action === "delete" && message) remove(message, { socket, composer });
  else if (action === "retry" && outgoing) sender.retry(outgoing);
  else if (action === "discard" && outgoing) conversation.drop(nonce);
}

async function remove({ id }, { socket, composer }) {
  try {
    await socket.request("delete-message", { messageId: id });
  } catch (failure) {
    composer?.complain(failure.message);
  }
}

function randomNonce() {
  // randomUUID only exists where the page came over HTTPS or from this very machine.
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(36)).join("");
}
