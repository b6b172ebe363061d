/** Theatre: the picture as wide as the window, the chat beside it. Remembered. */

const KEY = "streair.theatre";

/** Event: `change`. */
export class Theatre extends EventTarget {
  #page;
  #storage;

  /**
   * @param {?HTMLElement} page what the theatre is made of; without one there is none
   * @param {{storage: ?Storage, wanted?: ?boolean}} deps `wanted` is what the address asks for
   */
  constructor(page, { storage, wanted = null }) {
    super();
    this.#page = page;
    this.#storage = storage;
    if (wanted ?? storage?.getItem(KEY) === "on") this.#set(true);
  }

  get isPossible() {
    return this.#page !== null;
  }

  isOn() {
    return this.#page?.hasAttribute("data-theatre") ?? false;
  }

  toggle() {
    this.#set(!this.isOn());
    this.#storage?.setItem(KEY, this.isOn() ? "on" : "off");
  }

  #set(on) {
    this.#page?.toggleAttribute("data-theatre", on);
    this.dispatchEvent(new Event("change"));
  }
}
