/** Home: the rooms on air, looked up again when one comes or goes, and for their viewers; one of them moves. */

import { refreshRegions, spread } from "../core/regions.js";
import { openSocket } from "../core/socket.js";
import { mountLiveLists } from "../rooms/live-lists.js";

const EVERY = 30_000;

const stage = document.querySelector("[data-preview]");
// Not before everything that stands is there.
addEventListener("load", () => setTimeout(begin, 0), { once: true });
later();

async function begin() {
  mountLiveLists(openSocket({ window, document }));
  if (!stage) return;
  const { mountPreview } = await import("../player/preview.js");
  mountPreview(stage, { window, clock: () => performance.now() / 1000 });
}

function later() {
  setTimeout(async () => {
    if (!document.hidden) await refreshRegions();
    later();
  }, EVERY + spread(10));
}
