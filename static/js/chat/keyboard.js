/** Keeps the field and the newest messages in sight while a phone's keyboard covers half the page. */

// Less than this is the browser's own bar that comes and goes.
const KEYBOARD_PX = 120;

/**
 * While somebody writes and the keyboard is up, the chat has `data-typing`, and the page's root the
 * custom properties `--seen-top` and `--seen-height`: what is left to be seen (css/pages/watch.css, chat-window.css).
 * @param {Element} root the chat
 * @param {{window: Window, document: Document}} deps
 */
export function mountKeyboard(root, { window, document }) {
  const view = window.visualViewport;
  const page = document.documentElement;
  const input = root.querySelector("[data-chat-input]");
  if (!view || !input) return;
  let tallest = view.height;
  let width = view.width;
  let scrolled = null;

  const look = () => {
    if (view.width !== width) [tallest, width] = [view.height, view.width]; // Turned around.
    tallest = Math.max(tallest, view.height);
    // Zoomed in, the view is small without a keyboard.
    const isUp = view.scale < 1.05 && tallest - view.height > KEYBOARD_PX;
    const isTyping = isUp && document.activeElement === input;
    if (isTyping) {
      page.style.setProperty("--seen-top", `${view.offsetTop}px`);
      page.style.setProperty("--seen-height", `${view.height}px`);
    }
    if (isTyping === root.hasAttribute("data-typing")) return;
    if (isTyping) scrolled = window.scrollY;
    root.toggleAttribute("data-typing", isTyping);
    // The page had less in it meanwhile.
    if (!isTyping && scrolled !== null) window.scrollTo(0, scrolled);
  };
  view.addEventListener("resize", look);
  view.addEventListener("scroll", look);
  input.addEventListener("focus", look);
  input.addEventListener("blur", look);
}
