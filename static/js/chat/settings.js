/** What the chat lets pass, for whoever keeps order. */

/**
 * @param {Element} root the chat
 * @param {{socket: import("../core/socket.js").Socket}} deps
 * @returns {{reader: object, modes: object}} to be set whenever they change
 */
export function mountSettings(root, { socket }) {
  const button = root.querySelector("[data-chat-settings-button]");
  const panel = root.querySelector("[data-chat-settings]");
  const setting = (name) => panel.querySelector(`[data-setting="${name}"]`);
  const sure = panel.querySelector("[data-chat-clear-sure]");

  const ask = async (event, data) => {
    const problem = panel.querySelector("[data-settings-problem]");
    problem.hidden = true;
    try {
      return await socket.request(event, data);
    } catch (failure) {
      problem.textContent = failure.message;
      problem.hidden = false;
      return null;
    }
  };
  const show = (modes) => {
    choose(setting("slowSeconds"), String(modes.slowSeconds));
    setting("linksOff").checked = modes.linksOff;
    setting("emojiOnly").checked = modes.emojiOnly;
    setting("verifiedOnly").checked = modes.verifiedOnly;
    choose(setting("followers"), modes.followersOnly ? String(modes.followersMinutes) : "off");
    choose(setting("accountAgeMinutes"), String(modes.accountAgeMinutes));
    const panic = setting("panic");
    panic.setAttribute("aria-pressed", String(modes.panic));
    panic.querySelector("[data-on]").hidden = !modes.panic;
    panic.querySelector("[data-off]").hidden = modes.panic;
  };
  let modes = null;
  const change = async (event, data) => {
    const seconds = Number(setting("forSeconds").value);
    const isForAWhile = event === "set-modes" && seconds > 0;
    const changed = await ask(event, isForAWhile ? { ...data, forSeconds: seconds } : data);
    // What was refused goes back to what holds.
    if (changed) modes = changed;
    if (modes) show(modes);
  };

  setting("slowSeconds").addEventListener("change", ({ target }) => {
    change("set-modes", { slowSeconds: Number(target.value) });
  });
  setting("accountAgeMinutes").addEventListener("change", ({ target }) => {
    change("set-modes", { accountAgeMinutes: Number(target.value) });
  });
  setting("followers").addEventListener("change", ({ target: { value } }) => {
    const followersOnly = value !== "off";
    change("set-modes", { followersOnly, ...(followersOnly && { followersMinutes: Number(value) }) });
  });
  for (const name of ["linksOff", "emojiOnly", "verifiedOnly"]) {
    setting(name).addEventListener("change", ({ target }) => change("set-modes", { [name]: target.checked }));
  }
  setting("panic").addEventListener("click", () => change("panic", { on: !modes?.panic }));
  panel.querySelector("[data-chat-clear]").addEventListener("click", () => (sure.hidden = !sure.hidden));
  panel.querySelector("[data-chat-clear-now]").addEventListener("click", async () => {
    if (!(await ask("clear-chat", {}))) return;
    sure.hidden = true;
    panel.hidePopover();
  });

  return {
    set reader({ canModerate }) {
      button.hidden = !canModerate;
      if (!canModerate && panel.matches(":popover-open")) panel.hidePopover();
    },
    set modes(current) {
      modes = current;
      show(current);
    },
  };
}

/** Choose this value; commands set others than those that the page offers. */
function choose(select, value) {
  select.value = value;
  if (select.value === value) return;
  select.add(new Option(select.dataset.textOther.replace("{count}", value), value));
  select.value = value;
}
