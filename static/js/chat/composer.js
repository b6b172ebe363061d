/** The field in which one writes: Enter sends, unless a word is being composed. */

import { lazyIntl } from "../core/lazy.js";
import { Countdown } from "./countdown.js";

export const LONGEST = 500;
const COUNT_FROM = 400;
// Seconds. Who may write again later than that is told when, and not for how long.
const LONGEST_COUNTED = 900;

/** Whether this key press sends: plain Enter, and not the one that ends a word in an IME (Telex). */
export function isSendKey({ key, shiftKey, altKey, ctrlKey, metaKey, isComposing, keyCode }) {
  // 229 is what browsers report while an IME has the key, Safari also right after it.
  if (isComposing || keyCode === 229) return false;
  return key === "Enter" && !shiftKey && !altKey && !ctrlKey && !metaKey;
}

/** How many characters the server counts. */
export function lengthOf(text) {
  return [...text.normalize("NFC").trim()].length;
}

/**
 * Announces `send` with `{text, replyTo}`, and `colon` when a shortcode may begin. What was typed is only taken once it can be sent, and
 * `giveBack` returns it.
 */
export class Composer extends EventTarget {
  #form;
  #replyTo = null;
  #wait;
  #barredUntil;
  #isOver = false;
  #bar = null;
  #time = lazyIntl(
    () => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" }),
  );

  /**
   * @param {HTMLFormElement} form
   * @param {{countdown?: object}} deps are passed on to Countdown
   */
  constructor(form, deps = {}) {
    super();
    this.#form = form;
    this.#wait = new Countdown((seconds) => this.#showWait(seconds), deps.countdown);
    this.#barredUntil = new Countdown((seconds) => this.#showBar(seconds), deps.countdown);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.replyTo(null);
      if (!isSendKey(event)) return;
      event.preventDefault();
      this.#submit();
    });
    this.#input.addEventListener("input", () => this.#typed());
    this.#part("reply-cancel").addEventListener("click", () => this.replyTo(null));
    this.#typed();
  }

  get #input() {
    return this.#part("input");
  }

  /** Write this where the cursor is. */
  insert(text) {
    const input = this.#input;
    input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Answer this message with the next one; null is none. */
  replyTo(message) {
    this.#replyTo = message;
    this.#part("replying").hidden = !message;
    if (!message) return;
    const text = this.#part("replying-text");
    text.textContent = text.dataset.text.replace("{name}", message.displayName);
    this.#input.focus();
  }

  /** What was sent could not be: back into the field, unless something else was typed there. */
  giveBack({ text, replyTo }) {
    if (this.#input.value.trim()) return false;
    this.#input.value = text;
    if (replyTo) this.replyTo(replyTo);
    this.#typed();
    return true;
  }

  /** Say why something was not sent, until the next key. */
  complain(sentence) {
    const problem = this.#part("problem");
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  /** Tell the reader alone something, until the next key. */
  tell(sentence) {
    const notice = this.#part("notice");
    notice.textContent = sentence;
    notice.hidden = !sentence;
  }

  /** Nothing can be sent for so long; typing goes on. */
  waitFor(seconds) {
    if (seconds > 0) this.#wait.start(Date.now() + seconds * 1000);
  }

  /** The reader may not write: `{until, reason}`, or null when they may. */
  set barred(bar) {
    this.#bar = bar;
    this.#barredUntil.stop();
    if (bar?.until) this.#barredUntil.start(Date.parse(bar.until));
    else this.#showBar(bar ? Infinity : 0);
  }

  /** The room is over: its chat can only be read. */
  set isOver(isOver) {
    this.#isOver = isOver;
    this.#showForm();
  }

  #part(name) {
    return this.#form.querySelector(`[data-chat-${name}]`);
  }

  #beside(name) {
    return this.#form.parentElement.querySelector(`[data-chat-${name}]`);
  }

  #submit() {
    const text = this.#input.value;
    if (!text.trim() || this.#wait.isRunning || lengthOf(text) > LONGEST) return;
    const send = new CustomEvent("send", {
      detail: { text, replyTo: this.#replyTo },
      cancelable: true,
    });
    if (!this.dispatchEvent(send)) return; // It cannot be sent now; it stays where it is.
    this.#input.value = "";
    this.replyTo(null);
    this.#typed();
  }

  #typed() {
    this.complain("");
    this.tell("");
    if (this.#input.value.includes(":")) this.dispatchEvent(new Event("colon"));
    const length = lengthOf(this.#input.value);
    const counter = this.#part("counter");
    counter.hidden = length < COUNT_FROM;
    counter.textContent = `${length}/${LONGEST}`;
    counter.toggleAttribute("data-too-long", length > LONGEST);
    this.#showSend();
  }

  #showSend() {
    const isReady = this.#input.value.trim() && lengthOf(this.#input.value) <= LONGEST;
    // Not `disabled`: the button would lose the focus.
    this.#part("send").setAttribute("aria-disabled", String(!isReady || this.#wait.isRunning));
  }

  #showWait(seconds) {
    const wait = this.#part("wait");
    wait.textContent = seconds;
    wait.hidden = seconds === 0;
    this.#part("send").toggleAttribute("data-waiting", seconds > 0);
    if (!seconds) this.complain("");
    this.#showSend();
  }

  #showBar(seconds) {
    if (seconds === 0) this.#bar = null;
    const notice = this.#beside("barred");
    const { textBan, textBanReason, textTimeout, textUntil } = notice.dataset;
    if (this.#bar && !this.#bar.until) {
      notice.textContent = this.#bar.reason
        ? textBanReason.replace("{reason}", this.#bar.reason)
        : textBan;
    } else {
      const isLong = seconds > LONGEST_COUNTED;
      const until = this.#bar && isLong && this.#time.format(new Date(this.#bar.until));
      const how = until ? textUntil.replace("{time}", until) : textTimeout.replace("{seconds}", seconds);
      notice.textContent = this.#bar?.reason ? `${how} (${this.#bar.reason})` : how;
    }
    this.#showForm();
  }

  #showForm() {
    this.#beside("ended").hidden = !this.#isOver;
    this.#beside("barred").hidden = this.#isOver || !this.#bar;
    this.#form.hidden = this.#isOver || Boolean(this.#bar);
  }
}
