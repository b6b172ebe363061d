/** Says in a corner that somebody is live whom the reader follows. */

const AFTER = 2_000; // Milliseconds: first whatever the page is about.

/**
 * Pages with a socket hear of it there. All others get one, while somebody looks at them.
 * @param {Document} document `[data-news]` is there when the reader wants to know
 * @param {{window: Window, announce: Function, load: () => Promise<{Socket: Function, socketUrl: Function}>,
 *   setTimer?: Function}} deps `load` brings js/core/socket.js
 */
export function mountNews(document, { window, announce, load, setTimer = setTimeout }) {
  const list = document.querySelector("[data-news]");
  if (!list) return;
  document.addEventListener("channel-live", ({ detail }) => show(detail, { document, list, announce }));
  window.addEventListener("load", () => setTimer(() => listen({ document, window, list, load }), AFTER), { once: true });
}

function show({ roomId, displayName, title }, { document, list, announce }) {
  // Whoever is in the room sees it.
  if (document.querySelector(`:is([data-watch], [data-chat], [data-studio])[data-room-id="${CSS.escape(roomId)}"]`)) return;
  const { textLive, textWatch } = list.dataset;
  const text = textLive.replace("{name}", () => displayName).replace("{title}", () => title);
  const prefix = document.documentElement.lang === "en" ? "/en" : "";
  announce(text, "news", { href: `${prefix}/rooms/${encodeURIComponent(roomId)}/`, text: textWatch });
}

async function listen({ document, window, list, load }) {
  if ("socket" in document.documentElement.dataset) return;
  const { Socket, socketUrl } = await load();
  const socket = new Socket(socketUrl(window.location));
  socket.addEventListener("channel-live", ({ detail }) => {
    document.dispatchEvent(new CustomEvent("channel-live", { detail }));
  });
  socket.addEventListener("connection", ({ detail }) => (list.dataset.connection = detail.state));
  const follow = () => (document.hidden ? socket.close() : socket.open());
  document.addEventListener("visibilitychange", follow);
  window.addEventListener("pagehide", () => socket.close());
  window.addEventListener("pageshow", ({ persisted }) => persisted && follow());
  follow();
}
