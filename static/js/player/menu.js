/** What is behind the gear: how close to live, what it is made of, figures, keys. */

/**
 * Bring the menu in `root` to life.
 * @param {HTMLElement} root the player
 * @param {{playback: EventTarget, video: HTMLVideoElement, actions: object, stats: object}} deps
 */
export function mountMenu(root, { playback, video, actions, stats }) {
  const menu = root.querySelector("[data-player-menu]");
  const opener = root.querySelector("[data-player-gear]");

  const paint = () => {
    for (const item of menu.querySelectorAll("[data-latency]")) {
      item.setAttribute("aria-pressed", String(item.dataset.latency === playback.mode));
    }
    menu.querySelector('[data-player-item="stats"]').setAttribute("aria-pressed", String(stats.isOn()));
    const { videoHeight } = video;
    menu.querySelector("[data-player-quality]").textContent = videoHeight ? `${videoHeight}p` : "";
  };
  menu.addEventListener("beforetoggle", ({ newState }) => {
    if (newState !== "open") return;
    const { right, top } = opener.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    menu.style.setProperty("--from-end", `${Math.max(8, clientWidth - right)}px`);
    menu.style.setProperty("--from-bottom", `${Math.max(8, clientHeight - top + 8)}px`);
    paint();
  });
  menu.addEventListener("click", ({ target }) => {
    const item = target.closest("button");
    if (!item) return;
    const { latency, playerItem } = item.dataset;
    menu.hidePopover(); // First: what opens now gives the focus back to where it is, at the opener.
    if (latency) playback.mode = latency;
    else actions[playerItem]();
  });
}
