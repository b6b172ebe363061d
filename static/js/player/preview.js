/** A live picture without sound, controls or company: the stage of the home page. */

import { Engine, libraryAt } from "./engine.js";
import { whyUnsupported } from "./support.js";

// A look, not a broadcast: whoever wants more of it opens the room.
const LOOK_MS = 60_000;

/**
 * Whether a picture may move by itself: not for who asked for calm, or pays for every byte.
 * @param {Window} window
 */
export function mayMove(window) {
  const wantsCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const savesData =
    window.navigator.connection?.saveData ||
    window.matchMedia("(prefers-reduced-data: reduce)").matches;
  return !wantsCalm && !savesData;
}

/**
 * Let `root` (a `[data-preview]`) show its stream while it is on the screen.
 *
 * Whatever goes wrong, the still picture under the video stays; nobody waits for this one.
 * @param {HTMLElement} root
 * @param {{window: Window, clock: () => number}} deps
 */
export function mountPreview(root, { window, clock }) {
  if (whyUnsupported(window)) return; // The still picture is what there is to see.
  const { document } = window;
  const video = root.querySelector("[data-preview-video]");
  const toggle = root.querySelector("[data-preview-toggle]");
  const { src, library, labelPause, labelPlay } = { ...root.dataset, ...toggle.dataset };
  const engine = new Engine(video, { url: src, library: libraryAt(library), clock });
  let wanted = mayMove(window);
  let isSeen = false;
  let isOn = false;
  let timer = null;

  const follow = () => {
    const should = wanted && isSeen && !document.hidden;
    toggle.dataset.on = String(wanted);
    toggle.title = wanted ? labelPause : labelPlay;
    toggle.setAttribute("aria-label", toggle.title);
    if (should === isOn) return;
    isOn = should;
    clearTimeout(timer);
    if (!should) {
      stop();
      return;
    }
    engine.start();
    timer = setTimeout(() => {
      wanted = false;
      follow();
    }, LOOK_MS);
  };
  const stop = () => {
    delete root.dataset.moving;
    engine.stop();
  };

  video.muted = true;
  engine.addEventListener("attached", () => video.play().catch(() => {}));
  engine.addEventListener("failed", stop);
  video.addEventListener("playing", () => {
    root.dataset.moving = "true";
  });
  toggle.addEventListener("click", () => {
    wanted = !wanted;
    follow();
  });
  document.addEventListener("visibilitychange", follow);
  new window.IntersectionObserver(([entry]) => {
    isSeen = entry.isIntersecting;
    follow();
  }).observe(root);
  follow();
  toggle.hidden = false;
}
