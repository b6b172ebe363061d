/** Toasts: what just happened, in a corner, for a while. */

const LIFE = 6000;

/**
 * Bring the `[data-toasts]` list to life.
 * @returns {(text: string, level?: string, link?: {href: string, text: string}) => void} adds one; the level is
 *   success, error, …
 */
export function mountToasts(root) {
  const list = root.querySelector("[data-toasts]");
  const blank = root.querySelector("template[data-toast-blank]");
  list.addEventListener("click", ({ target }) => {
    if (target.closest("[data-toast-close]")) target.closest("[data-toast]").remove();
  });
  for (const toast of list.querySelectorAll("[data-toast]")) leave(toast);

  return function announce(text, level = "info", link = null) {
    if (!text) return;
    const toast = blank.content.firstElementChild.cloneNode(true);
    toast.classList.add(level);
    toast.querySelector("[data-toast-text]").textContent = text;
    const anchor = toast.querySelector("[data-toast-link]");
    anchor.hidden = !link;
    if (link) {
      anchor.href = link.href;
      anchor.textContent = link.text;
    }
    list.append(toast);
    leave(toast);
  };
}

/** Take `toast` away after its life, unless it is an error or somebody is reading it. */
function leave(toast) {
  if (toast.matches(".error, .warning")) return;
  setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) leave(toast);
    else toast.remove();
  }, LIFE);
}
