/** The rail of followed channels: current while the page is open. */

import { gathered, refreshRegions, spread } from "../core/regions.js";
import { onListChange } from "./lists.js";

const WITHIN = 4; // Seconds over which a streamer's followers ask.

/**
 * Bring the `[data-rail]` of `document` to life, if there is one.
 * @param {Document} document
 * @param {() => import("../core/socket.js").Socket} socketOf opens the page's socket, if it has none yet
 * @param {{refresh?: typeof refreshRegions, delay?: () => number, setTimer?: typeof setTimeout}} deps
 */
export function mountRail(document, socketOf, deps = {}) {
  const { refresh = refreshRegions, delay = () => spread(WITHIN), setTimer } = deps;
  const rail = document.querySelector("[data-rail]");
  if (!rail) return;
  const { rail: names, url } = rail.dataset;
  const followed = new Set(names.split(" "));
  const renew = gathered(() => refresh(document, url), delay, setTimer);
  onListChange(socketOf(), (change) => {
    // Streamers come and go all the time; only those in the rail are worth asking about.
    if (!change || followed.has("*") || followed.has(change.username)) renew();
  });
}
