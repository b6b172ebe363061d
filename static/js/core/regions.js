/** Brings parts of the page up to date from the server, which alone knows how they look. */

/**
 * Fetch this page again, or another that has some of its regions, and replace every `[data-region]` by its new self.
 *
 * What is typed stands outside of regions. Whatever had the focus gets it back, by its id or as the same link, and `<details>` with one
 * stay open.
 * @returns {Promise<boolean>} whether it worked
 */
export async function refreshRegions(root = document, url = location.href) {
  let text;
  try {
    const answer = await fetch(url, { headers: { Accept: "text/html" } });
    if (!answer.ok) return false;
    text = await answer.text();
  } catch {
    return false;
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const had = document.activeElement;
  const place = had?.closest?.("[data-region]")?.dataset.region;
  const href = had?.getAttribute?.("href");
  for (const region of root.querySelectorAll("[data-region]")) {
    const next = fresh.querySelector(`[data-region="${region.dataset.region}"]`);
    if (!next) continue;
    for (const { id } of region.querySelectorAll("details[id][open]")) {
      next.querySelector(`#${id}`)?.setAttribute("open", "");
    }
    region.replaceWith(document.adoptNode(next));
  }
  if (document.activeElement === document.body) focusAgain({ id: had?.id, place, href });
  root.dispatchEvent(new CustomEvent("regions-refreshed", { bubbles: true }));
  return true;
}

function focusAgain({ id, place, href }) {
  let again = null;
  if (id) again = document.getElementById(id);
  else if (place && href) {
    again = document.querySelector(`[data-region="${place}"] a[href="${CSS.escape(href)}"]`);
  }
  again?.focus({ preventScroll: true });
}

/** Between none and all of `seconds`, so that a crowd does not come back at once. */
export function spread(seconds, random = Math.random) {
  return random() * seconds * 1000;
}

/** Return a function that runs `task` once, `delay()` ms after the first of several calls. */
export function gathered(task, delay, setTimer = (action, ms) => setTimeout(action, ms)) {
  let timer = null;
  return () => {
    timer ??= setTimer(() => {
      timer = null;
      task();
    }, delay());
  };
}
