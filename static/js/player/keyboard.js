/** Shortcuts, by the key's place on the keyboard: they work in every layout and input method. */

const ANYWHERE = {
  Space: "play",
  KeyK: "play",
  KeyM: "mute",
  KeyF: "fullscreen",
  KeyT: "theatre",
  KeyI: "pip",
  KeyL: "live",
  KeyC: "chat",
};
const IN_PLAYER = { ...ANYWHERE, ArrowUp: "louder", ArrowDown: "softer" };

const TYPING = "input:not([type=range]), textarea, select, [contenteditable]";
const TAKES_SPACE = "button, a, summary, input, [role=button]";

/**
 * Return the name of the action that a keydown asks for, or "".
 *
 * Arrows scroll the page, so they are ours only while the focus is in the player.
 * @param {KeyboardEvent} event
 * @param {{isInPlayer: boolean, isDialogOpen: boolean}} where
 */
export function actionOf(event, { isInPlayer, isDialogOpen }) {
  if (event.defaultPrevented || event.isComposing || isDialogOpen) return "";
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  const { target } = event;
  if (target.closest?.(TYPING)) return "";
  if (event.code === "Space" && target.closest?.(TAKES_SPACE)) return "";
  if (event.code.startsWith("Arrow") && target.closest?.("input")) return "";
  // Where the question mark is differs from keyboard to keyboard.
  if (event.key === "?") return "help";
  return (isInPlayer ? IN_PLAYER : ANYWHERE)[event.code] ?? "";
}
