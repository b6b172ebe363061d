/** Says who may write while a mode asks who somebody is, and lets them follow on the spot. */

import { timeText } from "./modes.js";

/**
 * What keeps somebody from writing: `{kind, minutes}`, or null for nothing. Times are in milliseconds.
 * @param {{followersOnly?: boolean, followersMinutes?: number, verifiedOnly?: boolean, accountAgeMinutes?: number}} modes
 * @param {{followed: number | null, joined: number, isVerified: boolean}} facts
 */
export function barTo(modes, { followed, joined, isVerified }, now) {
  const short = (since, minutes) => minutes - (now - since) / 60_000;
  if (modes.verifiedOnly && !isVerified) return { kind: "verify", minutes: 0 };
  const age = short(joined, modes.accountAgeMinutes ?? 0);
  if (modes.accountAgeMinutes && age > 0) return { kind: "young", minutes: age };
  if (!modes.followersOnly) return null;
  if (followed === null) return { kind: "follow", minutes: modes.followersMinutes };
  const wait = short(followed, modes.followersMinutes);
  return wait > 0 ? { kind: "wait", minutes: wait } : null;
}

/**
 * @param {HTMLElement} notice `[data-chat-entry]`: holds the facts about the reader
 * @param {{put: (url: string) => Promise<object>, clock?: () => number, setTimer?: Function}} deps
 * @returns {{reader: object, modes: object}} to be set whenever they change
 */
export function mountEntry(notice, { put, clock = Date.now, setTimer = setTimeout }) {
  const { followed, joined, verified, follow } = notice.dataset;
  const facts = {
    followed: followed ? Date.parse(followed) : null,
    joined: Date.parse(joined),
    isVerified: verified === "true",
  };
  const text = notice.querySelector("[data-entry-text]");
  const button = notice.querySelector("[data-entry-follow]");
  let modes = {};
  let reader = {};
  let timer = null;

  const show = () => {
    clearTimeout(timer);
    const bar = reader.canModerate ? null : barTo(modes, facts, clock());
    notice.hidden = !bar;
    if (!bar) return;
    const { minutes, kind } = bar;
    const name = kind === "follow" && !minutes ? "textFollowAny" : `text${kind[0].toUpperCase()}${kind.slice(1)}`;
    text.textContent = notice.dataset[name].replace("{time}", timeText(minutes, notice.dataset));
    button.hidden = kind !== "follow";
    // Once a minute is enough for a number of minutes.
    if (minutes && kind !== "follow") timer = setTimer(show, Math.min(minutes, 1) * 60_000 + 50);
  };
  button.addEventListener("click", async () => {
    try {
      await put(follow);
      facts.followed = clock();
      show();
    } catch (failure) {
      text.textContent = failure.message;
    }
  });

  return {
    set reader(current) {
      reader = current;
      show();
    },
    set modes(current) {
      modes = current;
      show();
    },
  };
}
