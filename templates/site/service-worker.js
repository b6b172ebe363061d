{% load static %}/* Shows a page of the site's own when there is no network. Everything else goes past it. */
const KEPT = "offline-{{ version }}";
const PAGES = { vi: "{{ pages.vi|escapejs }}", en: "{{ pages.en|escapejs }}" };

addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(forget());
});

addEventListener("fetch", (event) => {
  // While there is a network nothing goes through here: it would cost every page time.
  if (navigator.onLine || event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(() => offline(new URL(event.request.url).pathname)));
});

async function keep() {
  const cache = await caches.open(KEPT);
  // Without cookies the pages are nobody's.
  const requests = Object.values(PAGES).map((page) => new Request(page, { credentials: "omit", cache: "reload" }));
  await cache.addAll(requests);
  // The browser's own cache has it from now on, as it has the style sheet from any page.
  await fetch("{% static "js/pages/offline.js" %}");
}

async function forget() {
  for (const name of await caches.keys()) {
    if (name !== KEPT) await caches.delete(name);
  }
}

async function offline(path) {
  const cache = await caches.open(KEPT);
  return (await cache.match(path.startsWith("/en/") ? PAGES.en : PAGES.vi)) ?? Response.error();
}
