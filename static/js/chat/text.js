/** A message's text, taken apart: what is a link, a mention, or only emoji. No DOM. */

// An address ends before the punctuation of the sentence that it stands in.
const PIECES = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]}])|(^|[^\p{L}\p{N}_.])@([A-Za-z0-9_.]*[A-Za-z0-9_])/gu;
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u;
// Digits are parts of emoji, too.
const PICTURE = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u;
const MOST_BIG = 6;

/**
 * Return the pieces of `text`: `{text}`, `{text, href}` for links, `{text, username}` for mentions.
 * Only http and https are links; a host in other letters is shown as what it really is.
 */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(PIECES)) {
    const [whole, address, before = "", username] = match;
    const piece = address ? link(address) : { text: `@${username}`, username };
    if (!piece) continue;
    const start = match.index + before.length;
    if (start > end) found.push({ text: text.slice(end, start) });
    found.push(piece);
    end = match.index + whole.length;
  }
  if (end < text.length) found.push({ text: text.slice(end) });
  return found;
}

/** Whether `text` is nothing but a few emoji, which are drawn large. */
export function isBigEmoji(text) {
  if (!EMOJI.test(text) || !PICTURE.test(text)) return false;
  const count = [...new Intl.Segmenter().segment(text.replace(/\s/g, ""))].length;
  return count <= MOST_BIG;
}

/** Whether `text` speaks to `username`, whatever the case. */
export function mentions(text, username) {
  if (!username) return false;
  const name = username.toLowerCase();
  return pieces(text).some((piece) => piece.username?.toLowerCase() === name);
}

/** Whether a message speaks to the reader: names them, or answers them. Nobody speaks to themselves. */
export function speaksTo({ userId, message, replyTo }, reader) {
  if (!reader.userId || userId === reader.userId) return false;
  return replyTo?.userId === reader.userId || mentions(message, reader.username);
}

function link(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  // paypaI.com in Cyrillic letters and the like: the browser knows the real name.
  const isPlain = /^[\x21-\x7e]*$/.test(address.split("/")[2]);
  return { text: isPlain ? address : url.href, href: url.href };
}

/** Which of the twelve hues somebody's name is written in; the same on every page. */
export function hueOf(userId) {
  // Neighbors in the table of users differ, and so do people who came together.
  return userId === null ? null : (userId * 7) % 12;
}
