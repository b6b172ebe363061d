/** The list above the field that completes names after an @ and emoji after a colon. */

import { hueOf } from "./text.js";
import { isComplete, suggestEmoji, suggestPeople, wordAt } from "./suggestions.js";

const KEYS = { ArrowDown: 1, ArrowUp: -1 };

/**
 * The field keeps the focus: arrow keys move through the list, Enter and Tab take what is chosen,
 * Escape closes it. While an IME composes a word (Telex), no key is the list's.
 */
export class Completion {
  #form;
  #deps;
  #word = null;
  #found = [];
  #active = 0;
  #dismissed = null; // Where the word starts that is not to be completed.
  #isComposing = false;

  /**
   * @param {HTMLFormElement} form holds the field and the list
   * @param {{people: () => object[], loadEmoji: () => Promise<string[][]>, document: Document,
   *   plural: Intl.PluralRules, isTouch?: boolean}} deps
   */
  constructor(form, deps) {
    this.#form = form;
    this.#deps = deps;
    const input = this.#input;
    input.addEventListener("compositionstart", () => {
      this.#isComposing = true;
      // Keyboards on touch screens compose every word: there the list is shown all the same, to be tapped.
      if (!deps.isTouch) this.#close();
    });
    input.addEventListener("compositionend", () => {
      this.#isComposing = false;
      this.#look();
    });
    for (const name of ["input", "click"]) input.addEventListener(name, () => this.#look());
    input.addEventListener("keyup", ({ key }) => {
      if (key === "ArrowLeft" || key === "ArrowRight" || key === "Home" || key === "End") this.#look();
    });
    input.addEventListener("blur", () => this.#close());
    // Ahead of the field's own listeners, for which Enter sends.
    form.addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
    // A press on the list must not take the focus from the field.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) this.#take([...this.#list.children].indexOf(option));
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  get #input() {
    return this.#form.querySelector("[data-chat-input]");
  }

  get #list() {
    return this.#form.querySelector("[data-chat-completions]");
  }

  /** Look at what stands at the cursor. */
  async #look() {
    if (this.#isComposing && !this.#deps.isTouch) return;
    const { value, selectionStart, selectionEnd } = this.#input;
    const word = selectionStart === selectionEnd ? wordAt(value, selectionStart) : null;
    this.#word = word;
    if (word?.start !== this.#dismissed) this.#dismissed = null;
    if (!word || this.#dismissed !== null) {
      this.#close();
      return;
    }
    const found = await this.#find(word);
    if (word !== this.#word) return; // Typing went on meanwhile.
    if (!found.length || isComplete(word, found)) this.#close();
    else this.#show(found);
  }

  async #find({ kind, query }) {
    if (kind === "person") return suggestPeople(this.#deps.people(), query);
    return suggestEmoji(await this.#deps.loadEmoji(), query);
  }

  #show(found) {
    this.#found = found;
    const draw = this.#word.kind === "person" ? personOption : emojiOption;
    this.#list.replaceChildren(...found.map((each, index) => draw(each, index, this.#deps.document)));
    this.#list.hidden = false;
    this.#activate(0);
    const status = this.#form.querySelector("[data-chat-completions-status]");
    const { textOne, textOther } = status.dataset;
    const text = this.#deps.plural.select(found.length) === "one" ? textOne : textOther;
    status.textContent = text.replace("{count}", found.length);
  }

  #close() {
    if (!this.isOpen) return;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#input.removeAttribute("aria-activedescendant");
    this.#form.querySelector("[data-chat-completions-status]").textContent = "";
  }

  #activate(index) {
    const options = [...this.#list.children];
    this.#active = (index + options.length) % options.length;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.#active)));
    const chosen = options[this.#active];
    this.#input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  #pressed(event) {
    if (!this.isOpen || event.target !== this.#input) return;
    if (event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in KEYS) this.#activate(this.#active + KEYS[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") this.#take(this.#active);
    else if (event.key === "Escape") this.#dismiss();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #dismiss() {
    this.#dismissed = this.#word.start;
    this.#close();
  }

  #take(index) {
    const { kind, start, end } = this.#word;
    const input = this.#input;
    const rest = input.value.slice(end);
    const chosen = this.#found[index];
    const text = kind === "person" ? `@${chosen.username}` : chosen[0];
    const space = kind === "person" && !/^\s/.test(rest) ? " " : "";
    this.#close();
    if (this.#isComposing) input.blur(); // The keyboard lets go of the word.
    input.setRangeText(text + space, start, end, "end");
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function personOption({ userId, username, displayName }, index, document) {
  const option = blankOption(index, document);
  const name = document.createElement("bdi");
  name.className = "name";
  name.dataset.hue = hueOf(userId);
  name.textContent = displayName;
  const handle = document.createElement("span");
  handle.className = "soft";
  handle.textContent = `@${username}`;
  option.append(name, handle);
  return option;
}

function emojiOption([picture, code], index, document) {
  const option = blankOption(index, document);
  const drawn = document.createElement("span");
  drawn.className = "picture";
  drawn.textContent = picture;
  const name = document.createElement("span");
  name.className = "soft";
  name.textContent = `:${code}:`;
  option.append(drawn, name);
  return option;
}

function blankOption(index, document) {
  const option = document.createElement("li");
  option.id = `chat-completion-${index}`;
  option.setAttribute("role", "option");
  return option;
}
