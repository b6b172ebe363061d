/** What one may type that is not a message. No DOM. */

import { lengthAt } from "./lengths.js";

const COMMAND = /^\/([a-z]+)(?:\s+(.*))?$/is;
const NAME = /^@?([A-Za-z0-9_.]+)(?:\s+(.*))?$/s;
const A_TIMEOUT = 600;

/**
 * What `text` asks for: null for a message, else `{name, …}`; `unknown` is no command, `usage` one that
 * lacks something.
 * @param {string} text
 * @param {{canModerate?: boolean}} reader
 */
export function commandIn(text, { canModerate = false } = {}) {
  const match = COMMAND.exec(text.trim());
  if (!match) return null;
  const [, typed, rest = ""] = match;
  const name = typed.toLowerCase();
  if (name === "me" && rest.trim()) return null;
  if (name === "help" || name === "mods") return { name };
  const read = canModerate && Object.hasOwn(KEEPERS, name) ? KEEPERS[name] : null;
  if (!read) return { name: "unknown" };
  const found = read(rest.trim());
  return found ? { name, ...found } : { name: "usage" };
}

const KEEPERS = {
  clear: () => ({}),
  slow(rest) {
    const match = /^(\d{1,3}|off)?$/.exec(rest);
    return match && { seconds: match[1] === "off" ? 0 : Number(match[1] ?? 30) };
  },
  followers(rest) {
    const match = /^(\d{1,6}|off)?$/.exec(rest);
    return match && { minutes: match[1] === "off" ? null : Number(match[1] ?? 0) };
  },
  timeout(rest) {
    const [, username, more = ""] = NAME.exec(rest) ?? [];
    const { seconds, rest: reason } = lengthAt(more, { unitless: true }) ?? { seconds: A_TIMEOUT, rest: more };
    return username && { username, seconds, reason };
  },
  ban(rest) {
    const [, username, more = ""] = NAME.exec(rest) ?? [];
    // A mere number begins the reason: "3 warnings".
    const length = lengthAt(more);
    return username && (length ? { username, seconds: length.seconds, reason: length.rest } : { username, reason: more });
  },
  unban(rest) {
    const [, username] = NAME.exec(rest) ?? [];
    return username && { username };
  },
};

/** What to ask the server for: the command's name there, and its data. */
export function requestOf({ name, ...asked }) {
  const requests = {
    mods: () => ["list-moderators", {}],
    clear: () => ["clear-chat", {}],
    slow: ({ seconds }) => ["set-modes", { slowSeconds: seconds }],
    followers: ({ minutes }) =>
      minutes === null
        ? ["set-modes", { followersOnly: false }]
        : ["set-modes", { followersOnly: true, followersMinutes: minutes }],
    timeout: (data) => ["time-out", data],
    ban: (data) => ["ban", data],
    unban: (data) => ["forgive", data],
  };
  return requests[name](asked);
}

/** What to tell whoever asked, now that it is done; "" where they see it anyway. */
export function answerTo({ name, username }, { moderators = [] }, texts) {
  if (name === "mods") {
    const names = moderators.map((each) => `@${each.username}`).join(", ");
    return names ? texts.textMods.replace("{names}", names) : texts.textNoMods;
  }
  return username ? texts.textDone.replace("{name}", `@${username}`) : "";
}

/** The words of `/me waves`, or null when `text` is no such thing. */
export function doing(text) {
  return text.startsWith("/me ") ? text.slice(4) : null;
}
