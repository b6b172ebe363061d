/** Home: the rooms on air, looked up again while somebody is looking. */

import { refreshRegions, spread } from "../core/regions.js";

const EVERY = 30_000;

function later() {
  setTimeout(async () => {
    if (!document.hidden) await refreshRegions();
    later();
  }, EVERY + spread(10));
}

later();
