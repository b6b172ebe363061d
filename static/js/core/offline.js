/** Lets the browser keep a page of the site's own for the time without a network. */

/** Register the service worker, when the page has nothing else to do. */
export function keepOfflinePage({ navigator, document }) {
  const url = document.documentElement.dataset.serviceWorker;
  if (!url || !navigator.serviceWorker) return;
  const later = globalThis.requestIdleCallback ?? ((task) => setTimeout(task, 2000));
  // Refused in private windows and on plain http: then there is just no such page.
  addEventListener("load", () => later(() => navigator.serviceWorker.register(url).catch(() => {})));
}
