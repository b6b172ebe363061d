/** A page that is a list of rooms: looked up again when one comes or goes. */

import { gathered, refreshRegions, spread } from "../core/regions.js";
import { onListChange } from "./lists.js";

// Everybody who looks at a list hears of every room: they ask over some seconds, and once for all that came in them.
const LEAST_MS = 3_000;
const MORE = 5;

/**
 * @param {EventTarget} socket
 * @param {{refresh?: typeof refreshRegions, delay?: () => number, setTimer?: typeof setTimeout}} deps
 */
export function mountLiveLists(socket, deps = {}) {
  const { refresh = refreshRegions, delay = () => LEAST_MS + spread(MORE), setTimer } = deps;
  onListChange(socket, gathered(() => refresh(), delay, setTimer));
}
