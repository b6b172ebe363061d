{% load static %}/* Shows a page of the site's own when there is no network. Everything else goes past it. */
const KEPT = "offline-1";
const PAGES = { vi: "{{ pages.vi|escapejs }}", en: "{{ pages.en|escapejs }}" };
const FILES = [PAGES.vi, PAGES.en, "{% static "css/site.css" %}", "{% static "icons.svg" %}", "{% static "js/pages/offline.js" %}", "{% static "js/core/regions.js" %}"{% if brand.style_version %}, "{% url "brand-files:style" brand.style_version %}"{% endif %}, "{{ brand.mark_url|escapejs }}"];

addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(clients.claim());
});

addEventListener("fetch", (event) => {
  // While there is a network nothing goes through here: it costs time, and view transitions.
  if (navigator.onLine) return;
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => offline(new URL(request.url).pathname)));
  } else if (FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});

async function keep() {
  const cache = await caches.open(KEPT);
  // Without cookies the pages are nobody's.
  await cache.addAll(FILES.map((file) => new Request(file, { credentials: "omit", cache: "reload" })));
}

function offline(path) {
  return kept(path.startsWith("/en/") ? PAGES.en : PAGES.vi);
}

async function kept(what) {
  return (await (await caches.open(KEPT)).match(what)) ?? Response.error();
}
