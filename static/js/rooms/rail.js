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
  const rail = () => document.querySelector("[data-rail]");
  if (!rail()) return;
  const { url } = rail().dataset;
  const renew = gathered(() => refresh(document, url), delay, setTimer);
  // Streamers come and go all the time; only those in the rail, as it is now, are worth asking about.
  const isFollowed = (username) => {
    const names = rail()?.dataset.rail.split(" ") ?? [];
    return names.includes("*") || names.includes(username);
  };
  onListChange(socketOf(), (change) => {
    if (!change || isFollowed(change.username)) renew();
  });
  document.addEventListener("follows-changed", renew);
}
