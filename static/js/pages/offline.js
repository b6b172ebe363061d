/** Goes on to the page that was asked for as soon as the site can be reached again. */

import { spread } from "../core/regions.js";

const EVERY = 5000;

// The page is kept for everybody; the theme is the reader's.
const [, theme] = /(?:^|; )theme=(light|dark)/.exec(document.cookie) ?? [];
if (theme) document.documentElement.dataset.theme = theme;

addEventListener("online", () => location.reload());

async function again() {
  try {
    await fetch("/health/live", { cache: "no-store" });
    location.reload();
  } catch {
    setTimeout(again, EVERY + spread(5));
  }
}

// Opened for itself, it is only a page.
if (!/\/offline\/$/.test(location.pathname)) setTimeout(again, EVERY + spread(5));
