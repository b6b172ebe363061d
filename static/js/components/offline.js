/** Keeps a page of the site's own for when there is no network. */

/**
 * Register the service worker once the page has nothing better to do. Only secure addresses may have one.
 * @param {{window: Window, navigator: Navigator}} deps
 */
export function mountOffline({ window, navigator }) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const register = () => {
    // Refused by the browser's settings: then its own page says that there is no network.
    workers.register("/service-worker.js").catch(() => {});
  };
  const whenIdle = window.requestIdleCallback ?? ((task) => window.setTimeout(task, 1));
  window.addEventListener("load", () => whenIdle(register), { once: true });
}
