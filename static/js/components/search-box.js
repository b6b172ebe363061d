/** Suggestions while somebody types: a combobox (ARIA 1.2) on a form that works without. */

const CALM_MS = 180;

/**
 * Bring the `[data-search-box]` of `document` to life, if there is one.
 * @param {Document} document
 * @param {{ask: (url: string, signal: AbortSignal) => Promise<object>, setTimer?: typeof setTimeout,
 *   clearTimer?: typeof clearTimeout, go?: (url: string) => void}} deps
 */
export function mountSearchBox(document, deps) {
  const root = document.querySelector("[data-search-box]");
  if (root) new SearchBox(root, deps);
}

class SearchBox {
  #root;
  #input;
  #list;
  #status;
  #blank;
  #ask;
  #go;
  #later;
  #timer = null;
  #abort = null;
  #active = -1;

  constructor(root, { ask, go, setTimer = setTimeout, clearTimer = clearTimeout }) {
    this.#root = root;
    this.#input = root.querySelector("input");
    this.#list = root.querySelector("[data-search-list]");
    this.#status = root.querySelector("[data-search-status]");
    this.#blank = root.querySelector("[data-search-blank]");
    this.#ask = ask;
    this.#go = go;
    this.#later = (task) => {
      clearTimer(this.#timer);
      this.#timer = setTimer(task, CALM_MS);
    };
    this.#listen();
  }

  #listen() {
    const input = this.#input;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.#list.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", (event) => {
      // Half a Vietnamese syllable finds nothing that was meant.
      if (!event.isComposing) this.#later(() => this.#suggest());
    });
    input.addEventListener("compositionend", () => this.#later(() => this.#suggest()));
    input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#root.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.#root.contains(relatedTarget)) this.#close();
    });
    this.#root.ownerDocument.addEventListener("keydown", (event) => this.#onShortcut(event));
  }

  async #suggest() {
    const words = this.#input.value.trim();
    this.#abort?.abort();
    if (!words) {
      this.#close();
      return;
    }
    const abort = (this.#abort = new AbortController());
    try {
      const url = `${this.#root.dataset.suggestions}?q=${encodeURIComponent(words)}`;
      const { suggestions } = await this.#ask(url, abort.signal);
      if (!abort.signal.aborted) this.#show(suggestions);
    } catch {
      this.#close(); // The form still searches.
    }
  }

  #show(suggestions) {
    this.#list.replaceChildren(...suggestions.map((each, index) => this.#option(each, index)));
    this.#mark(-1);
    const { none, some } = this.#status.dataset;
    const count = suggestions.length;
    this.#status.textContent = count ? some.replace("{count}", String(count)) : none;
    this.#setOpen(count > 0);
  }

  #option({ kind, text, by, url }, index) {
    const item = this.#blank.content.firstElementChild.cloneNode(true);
    const option = item.querySelector("a");
    option.id = `${this.#list.id}-${index}`;
    item.dataset.kind = kind;
    option.href = url;
    option.querySelector("[data-text]").textContent = text;
    option.querySelector("[data-by]").textContent = by;
    return item;
  }

  #onKey(event) {
    const { key, isComposing } = event;
    if (isComposing) return;
    const options = this.#options();
    const isOpen = !this.#list.hidden;
    if (isOpen && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      // One place between the last and the first: what was typed.
      const places = options.length + 1;
      const step = key === "ArrowDown" ? 1 : -1;
      this.#mark(((this.#active + 1 + step + places) % places) - 1);
    } else if (isOpen && key === "Enter" && this.#active >= 0) {
      event.preventDefault();
      this.#go(options[this.#active].href);
    } else if (isOpen && key === "Escape") {
      event.preventDefault();
      this.#close();
    }
  }

  #onShortcut(event) {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    const isTyping = target.closest?.("input, textarea, select, [contenteditable]");
    if (key !== "/" || isTyping || ctrlKey || metaKey || altKey) return;
    if (!this.#input.checkVisibility()) return;
    event.preventDefault();
    this.#input.focus();
  }

  #options() {
    return [...this.#list.querySelectorAll("a")];
  }

  #mark(index) {
    this.#active = index;
    const options = this.#options();
    for (const [place, option] of options.entries()) {
      option.setAttribute("aria-selected", String(place === index));
    }
    const id = options[index]?.id;
    if (id) this.#input.setAttribute("aria-activedescendant", id);
    else this.#input.removeAttribute("aria-activedescendant");
  }

  #setOpen(isOpen) {
    this.#list.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", String(isOpen));
  }

  #close() {
    this.#abort?.abort();
    this.#setOpen(false);
    this.#mark(-1);
  }
}
