/** Messages that wait for a moderator: their queue, for whoever keeps order. */

import { lazyIntl } from "../core/lazy.js";

/**
 * What waits, the oldest first. No DOM. Announces `change`.
 */
export class Queue extends EventTarget {
  #held = new Map();
  #count = 0;

  get held() {
    return [...this.#held.values()];
  }

  get count() {
    return this.#count;
  }

  /** Whether more wait than we know of. */
  get hasMore() {
    return this.#count > this.#held.size;
  }

  /** Take in the answer to `list-held`. */
  open({ count, held }) {
    this.#held = new Map(held.map((each) => [each.heldId, each]));
    this.#count = count;
    this.dispatchEvent(new Event("change"));
  }

  /** Take in `message-held`. */
  add(message) {
    if (this.#held.has(message.heldId)) return;
    // With a gap before it, it would stand in the wrong place: it comes with the next list.
    if (!this.hasMore) this.#held.set(message.heldId, message);
    this.#count += 1;
    this.dispatchEvent(new Event("change"));
  }

  /** Take in `held-settled`; whether it was waiting here. */
  settle({ heldId }) {
    if (!this.#held.delete(heldId)) return false;
    this.#count -= 1;
    this.dispatchEvent(new Event("change"));
    return true;
  }
}

/**
 * @param {Element} root the chat, with `[data-chat-held]` (a dialog) and `[data-chat-held-button]`s in it
 * @param {{socket: import("../core/socket.js").Socket, roomId: string, language?: string}} deps
 * @returns {{reader: object}} to be set whenever it changes
 */
export function mountHeld(root, { socket, roomId, language }) {
  const dialog = root.querySelector("[data-chat-held]");
  const list = dialog.querySelector("[data-held-list]");
  const blank = dialog.querySelector("[data-held-message]");
  const problem = dialog.querySelector("[data-held-problem]");
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const time = lazyIntl(() => new Intl.DateTimeFormat(language, clock));
  const queue = new Queue();
  let reader = {};

  const load = async () => {
    try {
      queue.open(await socket.request("list-held", {}));
    } catch {
      // No connection, or no right to it any more: the next state of the room tells.
    }
  };
  const show = () => {
    for (const button of root.querySelectorAll("[data-chat-held-button]")) {
      button.hidden = !reader.canModerate || (queue.count === 0 && "whenAny" in button.dataset);
      button.querySelector("[data-held-count]").textContent = queue.count || "";
    }
    const focused = list.contains(list.ownerDocument.activeElement);
    list.replaceChildren(...queue.held.map((held) => row(blank, held, time)));
    dialog.querySelector("[data-held-empty]").hidden = queue.count > 0;
    dialog.querySelector("[data-held-more]").hidden = !queue.hasMore;
    // The button that had the focus is gone with its message: on to the next one.
    if (focused) (list.querySelector("button") ?? dialog.querySelector("[data-held-close]")).focus();
  };

  queue.addEventListener("change", show);
  socket.addEventListener("message-held", ({ detail }) => {
    if (detail.roomId === roomId) queue.add(detail);
  });
  socket.addEventListener("held-settled", ({ detail }) => {
    if (detail.roomId !== roomId || !reader.canModerate) return;
    queue.settle(detail);
    if (queue.hasMore && queue.held.length === 0) load();
  });
  socket.addEventListener("room-state", ({ detail }) => {
    if (detail.roomId === roomId && detail.you?.canModerate) load();
  });
  dialog.addEventListener("click", async ({ target }) => {
    if (target === dialog || target.closest("[data-held-close]")) dialog.close();
    const button = target.closest("[data-approve]");
    if (!button) return;
    problem.hidden = true;
    const heldId = Number(button.closest("[data-held-id]").dataset.heldId);
    try {
      await socket.request("decide-held", { heldId, approve: button.dataset.approve === "true" });
    } catch (failure) {
      // Somebody was faster, most likely: they hear what waits now.
      problem.textContent = failure.message;
      problem.hidden = false;
      load();
    }
  });
  for (const button of root.querySelectorAll("[data-chat-held-button]")) {
    button.addEventListener("click", () => {
      problem.hidden = true;
      root.querySelector("[data-chat-settings]").hidePopover();
      dialog.showModal();
    });
  }

  return {
    set reader(current) {
      const isNew = current.canModerate && !reader.canModerate;
      reader = current;
      if (isNew) load();
      if (!current.canModerate && dialog.open) dialog.close();
      show();
    },
  };
}

function row(blank, { heldId, displayName, username, message, word, timestamp }, time) {
  const item = blank.content.cloneNode(true).firstElementChild;
  item.dataset.heldId = heldId;
  item.querySelector("[data-held-name]").textContent = displayName;
  item.querySelector("[data-held-username]").textContent = `@${username}`;
  item.querySelector("[data-held-time]").textContent = time.format(new Date(timestamp));
  item.querySelector("[data-held-text]").textContent = message;
  item.querySelector("[data-held-because]").hidden = !word;
  item.querySelector("[data-held-word]").textContent = word;
  return item;
}
