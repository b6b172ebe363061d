/** Says above the chat that the page is not connected, and when it tries again. */

import { Countdown } from "./countdown.js";

const PATIENCE_MS = 1_500; // Pages take a moment to connect; nobody needs to know.

/**
 * @param {HTMLElement} banner holds its sentences in `data-text-<state>`
 * @param {EventTarget} socket
 * @param {{setTimer?: Function, clearTimer?: Function, now?: () => number}} deps
 */
export function mountBanner(banner, socket, deps = {}) {
  const setTimer = deps.setTimer ?? ((action, ms) => setTimeout(action, ms));
  const clearTimer = deps.clearTimer ?? ((timer) => clearTimeout(timer));
  let timer = null;
  const say = (text) => {
    banner.textContent = text;
    banner.hidden = false;
  };
  const countdown = new Countdown((seconds) => {
    say(banner.dataset.textWaiting.replace("{seconds}", Math.max(1, seconds)));
  }, deps);

  socket.addEventListener("connection", ({ detail: { state, retryAt } }) => {
    countdown.stop();
    clearTimer(timer);
    timer = null;
    if (state === "open") banner.hidden = true;
    else if (state === "waiting") countdown.start(retryAt);
    else if (state === "closed") say(banner.dataset.textClosed);
    else if (!banner.hidden) say(banner.dataset.textConnecting);
    else timer = setTimer(() => say(banner.dataset.textConnecting), PATIENCE_MS);
  });
  socket.addEventListener("join-refused", ({ detail }) => {
    say(detail.message || banner.dataset.textRefused);
  });
}
