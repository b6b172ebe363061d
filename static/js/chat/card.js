/** Who somebody in the chat is, and what may be done about them. */

import { lazyIntl } from "../core/lazy.js";
import { lengthInWords } from "./lengths.js";
import { hueOf } from "./text.js";

/**
 * @param {HTMLDialogElement} dialog
 * @param {{socket: import("../core/socket.js").Socket, language?: string, document: Document}} deps
 * @returns {(userId: number) => Promise<void>} opens the card of a person
 */
export function mountCard(dialog, { socket, language, document }) {
  const part = (name) => dialog.querySelector(`[data-card-${name}]`);
  const date = lazyIntl(() => new Intl.DateTimeFormat(language, { dateStyle: "long" }));
  const time = lazyIntl(() => new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" }));
  const inWords = (seconds) => lengthInWords(seconds, language);
  let person = null;

  const complain = (sentence) => {
    part("problem").textContent = sentence;
    part("problem").hidden = !sentence;
  };
  const show = () => {
    const { userId, username, displayName, role, joined, messages, barred, deeds = [] } = person;
    part("avatar").textContent = displayName.slice(0, 1).toUpperCase();
    part("avatar").dataset.hue = hueOf(userId);
    part("name").textContent = displayName;
    part("channel").textContent = `@${username}`;
    part("channel").href = channelOf(username, document);
    for (const each of dialog.querySelectorAll("[data-card-role]")) {
      each.hidden = each.dataset.cardRole !== role;
    }
    part("joined").textContent = date.format(new Date(joined));
    part("messages").textContent = new Intl.NumberFormat(language).format(messages);
    part("barred").hidden = !barred;
    part("barred-text").textContent = barred ? barText(barred, part("barred").dataset, time) : "";
    part("deeds-part").hidden = deeds.length === 0;
    part("deeds").replaceChildren(...deeds.map((deed) => entry(deed, part("deeds").dataset, { time, inWords, document })));
    part("acts").hidden = !person.canAct;
    act("forgive").hidden = !barred;
    act("appoint-moderator").hidden = !person.canAppoint || role !== "";
    act("dismiss-moderator").hidden = !person.canAppoint || role !== "moderator";
    dialog.dispatchEvent(new CustomEvent("card-shown", { detail: person }));
  };
  const act = (name) => dialog.querySelector(`[data-act="${name}"]`);
  // Each person anew: nobody is banned for as long as the one before.
  const reset = () => {
    complain("");
    part("reason").value = "";
    part("ban-length").value = "";
    part("count").value = part("count").defaultValue;
  };
  const lengths = () => ({
    ban: part("ban-length").value,
    own: Math.round(Number(part("count").value) * Number(part("unit").value)),
  });
  const look = async (userId) => {
    person = await socket.request("look-up-person", { userId });
    show();
  };

  dialog.addEventListener("click", async (event) => {
    // Outside of the content is the backdrop.
    if (event.target === dialog) dialog.close();
    const button = event.target.closest("[data-act]");
    if (!button) return;
    complain("");
    try {
      await socket.request(button.dataset.act, commandOf(button.dataset, person.userId, part("reason").value, lengths()));
      await look(person.userId);
    } catch (failure) {
      complain(failure.message);
    }
  });

  return async (userId) => {
    reset();
    try {
      await look(userId);
    } catch {
      return; // Gone, or no connection: there is nothing to show.
    }
    if (!dialog.open) dialog.showModal();
  };
}

/**
 * What to ask the server for.
 * @param {{act: string, seconds?: string, scope?: string}} button `seconds` of a timeout is a number or "own"
 * @param {number} userId
 * @param {string} reason
 * @param {{ban?: string, own?: number}} lengths `ban` is "" (for good), a number of seconds or "own"
 */
export function commandOf({ act, seconds, scope }, userId, reason, { ban = "", own = 0 } = {}) {
  const data = { userId };
  const length = (chosen) => (chosen === "own" ? own : Number(chosen));
  if (act === "time-out") data.seconds = length(seconds);
  if (act === "ban") data.scope = scope;
  if (act === "ban" && ban) data.seconds = length(ban);
  if (reason.trim() && (act === "time-out" || act === "ban")) data.reason = reason.trim();
  return data;
}

function barText({ until, reason }, { textBan, textUntil }, time) {
  const how = until ? textUntil.replace("{time}", time.format(new Date(until))) : textBan;
  return reason ? `${how} (${reason})` : how;
}

function entry({ action, by, at, details }, texts, { time, inWords, document }) {
  const item = document.createElement("li");
  const name = action.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase());
  const length = details.seconds && inWords(details.seconds);
  const about = details.reason || details.text || "";
  item.textContent = [time.format(new Date(at)), texts[`text${name}`] ?? action, length, by && `@${by}`, about]
    .filter(Boolean)
    .join(" · ");
  return item;
}

function channelOf(username, document) {
  const prefix = document.documentElement.lang === "en" ? "/en" : "";
  return `${prefix}/@${encodeURIComponent(username)}/`;
}
