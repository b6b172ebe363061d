/** Home: the rooms on air, looked up again while somebody is looking; one of them moves. */

import { refreshRegions, spread } from "../core/regions.js";

const EVERY = 30_000;

const stage = document.querySelector("[data-preview]");
// Not before everything that stands is there.
if (stage) addEventListener("load", () => setTimeout(showPreview, 0), { once: true });
later();

async function showPreview() {
  const { mountPreview } = await import("../player/preview.js");
  mountPreview(stage, { window, clock: () => performance.now() / 1000 });
}

function later() {
  setTimeout(async () => {
    if (!document.hidden) await refreshRegions();
    later();
  }, EVERY + spread(10));
}
