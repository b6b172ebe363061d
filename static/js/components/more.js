/** Lists that go on: the link to the next page brings its cards here instead, when it comes into view. */

/**
 * Bring the `[data-more]` link of `document` to life, if there is one.
 * @param {Document} document
 * @param {{fetch: typeof fetch}} deps
 */
export function mountMore(document, { fetch }) {
  const list = document.querySelector("[data-more-list]");
  let link = document.querySelector("[data-more]");
  if (!list || !link) return;
  let isBusy = false;

  const bring = async () => {
    if (isBusy) return;
    isBusy = true;
    link.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      append(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      observer.disconnect(); // From now on only when asked.
      link.textContent = link.dataset.failed;
    }
    link?.removeAttribute("aria-busy");
    isBusy = false;
  };

  const append = (page) => {
    const here = new Set([...list.children].map((card) => card.dataset.roomId));
    const cards = [...(page.querySelector("[data-more-list]")?.children ?? [])];
    const fresh = cards.filter((card) => !here.has(card.dataset.roomId));
    list.append(...fresh.map((card) => document.adoptNode(card)));
    const next = page.querySelector("[data-more]");
    observer.unobserve(link);
    if (next) {
      link.href = next.href;
      observer.observe(link); // Still in view? Then it is told again.
      return;
    }
    if (document.activeElement === link) fresh[0]?.querySelector("a")?.focus();
    link.closest("p").remove();
    link = null;
  };

  const observer = new IntersectionObserver(
    ([entry]) => {
      if (entry.isIntersecting) bring();
    },
    { rootMargin: "400px" },
  );
  link.addEventListener("click", (event) => {
    event.preventDefault();
    bring();
  });
  observer.observe(link);
}
