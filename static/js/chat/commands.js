/** What one may type that is not a message. No DOM. */

const COMMAND = /^\/([a-z]+)(?:\s+(.*))?$/is;

/**
 * What `text` asks for: null for a message, else `{name: "help" | "clear" | "slow" | "unknown", …}`.
 * @param {string} text
 * @param {{canModerate?: boolean}} reader
 */
export function commandIn(text, { canModerate = false } = {}) {
  const match = COMMAND.exec(text.trim());
  if (!match) return null;
  const [, name, rest = ""] = match;
  if (name === "me" && rest.trim()) return null;
  if (name === "help") return { name };
  if (canModerate && name === "clear") return { name };
  const seconds = /^(\d{1,3}|off)?$/.exec(rest.trim());
  if (canModerate && name === "slow" && seconds) {
    return { name, seconds: seconds[1] === "off" ? 0 : Number(seconds[1] ?? 30) };
  }
  return { name: "unknown" };
}

/** The words of `/me waves`, or null when `text` is no such thing. */
export function doing(text) {
  return text.startsWith("/me ") ? text.slice(4) : null;
}
