/** The popover in which a reader chooses how the chat looks, and the chat that looks like that. */

/**
 * @param {Element} root the chat
 * @param {import("./preferences.js").Preferences} preferences
 */
export function mountDisplay(root, preferences) {
  const controls = [...root.querySelectorAll("[data-display]")];
  const show = () => {
    root.dataset.size = preferences.get("size");
    root.toggleAttribute("data-no-times", !preferences.get("times"));
    root.toggleAttribute("data-compact", preferences.get("compact"));
    root.toggleAttribute("data-hide-removed", preferences.get("hideRemoved"));
    for (const control of controls) write(control, preferences.get(control.dataset.display));
    showMuted(root, preferences);
  };
  for (const control of controls) {
    control.addEventListener("change", () => preferences.set(control.dataset.display, read(control)));
  }
  root.querySelector("[data-chat-muted-list]").addEventListener("click", ({ target }) => {
    const button = target.closest("[data-unmute]");
    if (button) preferences.unmute(Number(button.dataset.unmute));
  });
  preferences.addEventListener("change", show);
  show();
}

function showMuted(root, { muted }) {
  const blank = root.querySelector("template[data-chat-muted-person]");
  const items = muted.map(({ userId, name }) => {
    const item = blank.content.cloneNode(true).firstElementChild;
    item.querySelector("[data-muted-name]").textContent = name;
    item.querySelector("[data-unmute]").dataset.unmute = userId;
    return item;
  });
  root.querySelector("[data-chat-muted-list]").replaceChildren(...items);
  root.querySelector("[data-chat-muted]").hidden = items.length === 0;
}

function read(control) {
  return control.type === "checkbox" ? control.checked : control.value;
}

function write(control, value) {
  if (control.type === "checkbox") control.checked = value;
  else control.value = value;
}
