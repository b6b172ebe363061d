/** What the word at the cursor may become: a person's name, or an emoji. No DOM. */

import { bare, search } from "./emoji.js";

const PERSON = /(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{M}\p{N}_.]{1,30})$/u;
// "12:30" and "https://" begin no emoji, and ":D" is one letter.
const EMOJI = /(?:^|[^\p{L}\p{M}\p{N}_:/]):([\p{L}\p{M}\p{N}_+-]{2,30})$/u;

export const MOST = 8;

/**
 * The word before the cursor if it is one to complete: `{kind: "person" | "emoji", query, start, end}`,
 * `start` being where its @ or : stands; else null.
 */
export function wordAt(text, cursor) {
  const before = text.slice(0, cursor);
  for (const [kind, pattern] of [["person", PERSON], ["emoji", EMOJI]]) {
    const match = pattern.exec(before);
    if (match) return { kind, query: match[1], start: cursor - match[1].length - 1, end: cursor };
  }
  return null;
}

/**
 * Who was seen in this chat, whoever spoke last first, the streamer among them; the reader is not.
 * @param {{userId: number | null, username: string, displayName: string}[]} messages oldest first
 * @param {{userId: number, username: string, displayName: string}} owner
 */
export function peopleIn(messages, owner, me) {
  const people = new Map();
  for (const { userId, username, displayName } of [...messages].reverse()) {
    if (username && userId !== me && !people.has(userId)) {
      people.set(userId, { userId, username, displayName });
    }
  }
  if (owner.userId !== me && !people.has(owner.userId)) people.set(owner.userId, owner);
  return [...people.values()];
}

/** Those of `people` whose user name or shown name begins like `query`, marks and case aside. */
export function suggestPeople(people, query) {
  const wanted = bare(query);
  const ranked = people.map((person) => [rank(person, wanted), person]).filter(([place]) => place < 3);
  return ranked.sort(([a], [b]) => a - b).map(([, person]) => person).slice(0, MOST);
}

/** Those rows of `emoji` that `query` describes. */
export function suggestEmoji(emoji, query) {
  return search(emoji, query).slice(0, MOST);
}

/** Whether the word is complete already, so that Enter is there to send it. */
export function isComplete({ kind, query }, found) {
  return kind === "person" && found.length === 1 && found[0].username.toLowerCase() === query.toLowerCase();
}

function rank({ username, displayName }, wanted) {
  if (bare(username).startsWith(wanted)) return 0;
  const words = bare(displayName).split(/[\s._-]+/);
  if (words[0].startsWith(wanted)) return 1;
  return words.some((word) => word.startsWith(wanted)) ? 2 : 3;
}
