/** How an overlay is to look, from its address (chat/forms.py writes it). No DOM. */

const LOOKS = ["outline", "dark", "light"];

/**
 * @param {string} search the query of the address: `size` in pixels, `look`, `fade` in seconds (0 is never),
 *   `grow` (new messages at the bottom, "up", or at the top, "down"), `commands=show`, `hide=name,name`
 */
export function optionsIn(search) {
  const query = new URLSearchParams(search);
  const look = query.get("look");
  return {
    size: number(query.get("size"), { least: 10, most: 120, otherwise: 22 }),
    fade: number(query.get("fade"), { least: 0, most: 3600, otherwise: 0 }),
    look: LOOKS.includes(look) ? look : "outline",
    grow: query.get("grow") === "down" ? "down" : "up",
    hasCommands: query.get("commands") === "show",
    hidden: new Set((query.get("hide") ?? "").toLowerCase().split(/[\s,@]+/).filter(Boolean)),
  };
}

/** Whether a message is to be shown: not what bots are told, nor what bots say. */
export function isWanted({ message, username, removed }, { hasCommands, hidden }) {
  if (removed || hidden.has(username.toLowerCase())) return false;
  return hasCommands || !/^![\p{L}\p{N}]/u.test(message);
}

function number(text, { least, most, otherwise }) {
  const found = Number(text ?? "");
  if (text === null || text === "" || !Number.isFinite(found)) return otherwise;
  return Math.min(most, Math.max(least, found));
}
