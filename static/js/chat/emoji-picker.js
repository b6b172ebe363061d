/** The emoji picker: a popover with a search field and a grid that arrow keys walk through. */

import { Recent, search, withTone } from "./emoji.js";

/**
 * The list is only loaded once somebody opens the picker.
 * @param {HTMLElement} picker the popover
 * @param {{choose: (picture: string) => void, document: Document,
 *   storage: Pick<Storage, "getItem" | "setItem">, load: () => Promise<string[][]>,
 *   preferences: import("./preferences.js").Preferences}} deps `storage` may throw
 */
export function mountEmojiPicker(picker, { choose, document, storage, load, preferences }) {
  const grid = picker.querySelector("[data-chat-emoji-grid]");
  const field = picker.querySelector("[data-chat-emoji-search]");
  const tone = picker.querySelector("[data-chat-emoji-tone]");
  const recent = new Recent(storage);
  let emoji = [];

  const show = () => {
    const found = search(emoji, field.value).map(([picture, code]) => [
      withTone(picture, preferences.get("tone")),
      code,
    ]);
    const used = field.value ? [] : recent.all.map((picture) => [picture, ""]);
    const buttons = [...used, ...found].map(([picture, code]) => button(picture, code, document));
    if (buttons.length) buttons[0].tabIndex = 0;
    grid.replaceChildren(...buttons);
    if (!buttons.length) grid.textContent = picker.dataset.textNothing;
  };
  const take = (picture) => {
    recent.add(picture);
    picker.hidePopover();
    choose(picture);
  };

  picker.addEventListener("toggle", async ({ newState }) => {
    if (newState !== "open") return;
    field.value = "";
    tone.value = preferences.get("tone");
    emoji = await load();
    show();
    field.focus();
  });
  field.addEventListener("input", show);
  tone.addEventListener("change", () => {
    preferences.set("tone", tone.value);
    show();
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter") {
      // Not the form's Enter: that would send the message.
      event.preventDefault();
      if (field.value && grid.firstElementChild) take(grid.firstElementChild.textContent);
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      grid.querySelector("button")?.focus();
    }
  });
  grid.addEventListener("click", ({ target }) => {
    if (target.closest("button")) take(target.closest("button").textContent);
  });
  grid.addEventListener("keydown", (event) => walk(event, grid, field));
}

function button(picture, code, document) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = picture;
  made.tabIndex = -1;
  if (code) made.title = `:${code}:`;
  return made;
}

/** Arrow keys move the focus; up from the first row goes back to the field. */
function walk(event, grid, field) {
  const buttons = [...grid.children];
  const here = buttons.indexOf(event.target);
  const perRow = buttons.filter(({ offsetTop }) => offsetTop === buttons[0].offsetTop).length;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perRow, ArrowDown: perRow }[event.key];
  if (!step || here < 0) return;
  event.preventDefault();
  if (here + step < 0) field.focus();
  else buttons[Math.min(here + step, buttons.length - 1)].focus();
}
