/** The bar below the picture: buttons, volume, the delay; shows itself and hides. */

import { lazyIntl } from "../core/lazy.js";
import { helpSheet } from "./help.js";
import { actionOf } from "./keyboard.js";
import { mountMenu } from "./menu.js";
import { doubleTaps } from "./taps.js";

const LINGER = 3000; // Milliseconds that the bar stays after the last sign of life.
const TICKS = 5; // A number that changes more often than once a second cannot be read.

/**
 * Bring the controls in `root` to life.
 * @param {{session: EventTarget, playback: EventTarget, sound: EventTarget, video:
 *   HTMLVideoElement, screen: object, pip: object, theatre: EventTarget, stats: object}} deps
 * @returns {object} what can be done, by name
 */
export function mountControls(root, deps) {
  const actions = actionsOf(root, deps);
  wireButtons(root, actions, deps);
  mountMenu(root, { ...deps, actions });
  wireKeys(root, actions);
  wirePicture(root, deps, actions);
  const wake = mountAutoHide(root, deps);
  for (const [target, name] of [
    [deps.session, "change"],
    [deps.sound, "change"],
    [deps.theatre, "change"],
    [document, "fullscreenchange"],
    [deps.video, "play"],
    [deps.video, "pause"],
    [deps.video, "enterpictureinpicture"],
    [deps.video, "leavepictureinpicture"],
  ]) {
    target.addEventListener(name, () => paint(root, deps));
  }
  deps.session.addEventListener("change", wake);
  let ticks = 0;
  deps.playback.addEventListener("ticked", () => {
    ticks += 1;
    if (ticks % TICKS === 0) paintDelay(root, deps.playback);
  });
  paint(root, deps);
  return actions;
}

function actionsOf(root, { session, playback, sound, video, screen, pip, theatre, stats }) {
  const help = helpSheet(root);
  const play = () => {
    session.play();
    playback.play();
  };
  return {
    play: () => {
      if (session.wanted && !video.paused) {
        session.pause();
        video.pause();
      } else {
        play();
      }
    },
    live: () => {
      play();
      playback.jumpToLive();
    },
    again: play,
    mute: () => sound.toggle(),
    louder: () => sound.louder(),
    softer: () => sound.softer(),
    fullscreen: () => screen.isPossible && screen.toggle(),
    pip: () => pip.isPossible && pip.toggle(),
    theatre: () => theatre.isPossible && theatre.toggle(),
    chat: () => document.querySelector("[data-chat-input]")?.focus(),
    stats: () => stats.toggle(),
    help: () => help.toggle(),
  };
}

function wireButtons(root, actions, { sound, screen, pip, theatre }) {
  const possible = { fullscreen: screen, pip, theatre };
  for (const button of root.querySelectorAll("[data-player-action]")) {
    const { playerAction } = button.dataset;
    button.addEventListener("click", () => actions[playerAction]());
    if (possible[playerAction]?.isPossible === false) button.hidden = true;
  }
  const slider = root.querySelector("[data-player-volume]");
  slider.hidden = !sound.isAdjustable;
  slider.addEventListener("input", () => sound.set(slider.valueAsNumber / 100));
}

function wireKeys(root, actions) {
  document.addEventListener("keydown", (event) => {
    const action = actionOf(event, {
      isInPlayer: root.contains(document.activeElement),
      isDialogOpen: document.querySelector("dialog:modal") !== null,
    });
    if (!action) return;
    event.preventDefault();
    if (!event.repeat || action === "louder" || action === "softer") actions[action]();
  });
}

/** A click on the picture pauses, a double one goes fullscreen; one tap of a finger only calls the bar. */
function wirePicture(root, { video }, actions) {
  const isDouble = doubleTaps();
  let finger = false;
  video.addEventListener("pointerdown", ({ pointerType }) => {
    finger = pointerType === "touch";
  });
  video.addEventListener("click", (click) => {
    if (!finger) actions.play();
    else if (isDouble(click)) actions.fullscreen();
  });
  video.addEventListener("dblclick", () => {
    if (!finger) actions.fullscreen();
  });
}

/** Return a function that shows the bar; it hides again, but never while it is in use. */
function mountAutoHide(root, { session, video }) {
  const bar = root.querySelector("[data-player-bar]");
  const menu = root.querySelector("[data-player-menu]");
  let timer = null;

  const isInUse = () =>
    !session.isPlaying ||
    video.paused ||
    menu.matches(":popover-open") ||
    bar.matches(":has(:focus-visible)") ||
    bar.matches(":hover");

  const hide = () => {
    if (isInUse()) timer = setTimeout(hide, LINGER);
    else root.dataset.controls = "hidden";
  };
  const wake = () => {
    clearTimeout(timer);
    root.dataset.controls = "shown";
    timer = setTimeout(hide, LINGER);
  };

  for (const name of ["pointermove", "pointerdown", "focusin", "keydown"]) {
    root.addEventListener(name, wake);
  }
  root.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType !== "mouse") return;
    clearTimeout(timer);
    hide();
  });
  wake();
  return wake;
}

function paint(root, { session, playback, sound, video, screen, pip, theatre }) {
  const isRunning = session.wanted && !video.paused;
  flip(root, "play", isRunning);
  flip(root, "mute", sound.isMuted);
  flip(root, "fullscreen", screen.isOn());
  flip(root, "pip", pip.isOn());
  flip(root, "theatre", theatre.isOn());
  const slider = root.querySelector("[data-player-volume]");
  const level = sound.isMuted ? 0 : Math.round(sound.volume * 100);
  if (slider.valueAsNumber !== level || !slider.style.length) {
    slider.value = level;
    slider.style.setProperty("--level", `${level}%`);
  }
  root.querySelector("[data-player-unmute]").hidden = !(sound.isForced && session.isConnected);
  paintDelay(root, playback);
}

/** Give a two-way button the icon and the name of what it does now. */
function flip(root, action, isOn) {
  for (const button of root.querySelectorAll(`[data-player-action="${action}"][data-on]`)) {
    button.dataset.on = String(isOn);
    const label = isOn ? button.dataset.labelOn : button.dataset.labelOff;
    if (button.getAttribute("aria-label") === label) continue;
    button.setAttribute("aria-label", label);
    button.title = label;
  }
}

function paintDelay(root, playback) {
  const button = root.querySelector("[data-player-live]");
  const isLive = String(playback.isAtLive);
  if (button.dataset.playerLive !== isLive) button.dataset.playerLive = isLive;
  const { delay } = playback;
  const readout = root.querySelector("[data-player-delay]");
  const text = delay === null ? "" : seconds(delay);
  if (readout.textContent !== text) readout.textContent = text;
}

const number = lazyIntl(() => {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang || "vi", digits);
});

function seconds(value) {
  return `${number.format(value)} s`;
}
