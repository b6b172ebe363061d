/** The chat in a window of its own: while that is open, the page beside the picture does without. */

const LOOK_MS = 500;
const SIZE = "popup,width=400,height=720";

/**
 * Bring the `[data-chat-pop-out]` link of a chat to life. Where no window may be opened it stays a link.
 * @param {Element} root the chat
 * @param {{window: Window, setTimer?: Function, clearTimer?: Function}} deps
 */
export function mountPopOut(root, { window, ...deps }) {
  const link = root.querySelector("[data-chat-pop-out]");
  if (!link) return; // It is that window.
  const setTimer = deps.setTimer ?? ((action, ms) => setTimeout(action, ms));
  const clearTimer = deps.clearTimer ?? ((timer) => clearTimeout(timer));
  let opened = null;
  let timer = null;

  const show = (isAway) => {
    root.toggleAttribute("data-away", isAway);
    root.querySelector("[data-chat-away]").hidden = !isAway;
  };
  // Nobody tells a page that a window it opened was closed.
  const look = () => {
    if (opened.closed) show(false);
    else timer = setTimer(look, LOOK_MS);
  };
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // As the reader wants it.
    opened = window.open(link.href, link.target, SIZE);
    if (!opened) return;
    event.preventDefault();
    show(true);
    clearTimer(timer);
    look();
  });
  root.querySelector("[data-chat-return]").addEventListener("click", () => {
    clearTimer(timer);
    opened?.close();
    show(false);
    link.focus();
  });
}
