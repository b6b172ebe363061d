/** The chips above the chat: which modes hold. */

/** Show in `root` which of its `[data-mode]` chips hold. */
export function showModes(root, modes) {
  for (const chip of root.querySelectorAll("[data-mode]")) {
    const value = modes[chip.dataset.mode];
    chip.hidden = !value;
    const text = chip.querySelector("[data-mode-text]");
    if (text) text.textContent = chipText(chip.dataset, modes);
  }
  showUntil(root, modes.until ?? {});
}

/** Say on the chips of modes that end by themselves when they do. */
function showUntil(root, until) {
  const { textUntil } = root.querySelector("[data-chat-modes]").dataset;
  const { documentElement } = root.ownerDocument;
  const time = new Intl.DateTimeFormat(documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  for (const chip of root.querySelectorAll("[data-mode]")) {
    const end = until[chip.dataset.mode];
    chip.querySelector("small")?.remove();
    if (!end) continue;
    const note = root.ownerDocument.createElement("small");
    note.textContent = ` · ${textUntil.replace("{time}", time.format(new Date(end)))}`;
    chip.append(note);
  }
}

/**
 * What a chip says: `text` with the mode's value in it. A mode that has minutes as well (`minutes` names them)
 * says `text` with a time, or `textAny` when there are none to wait.
 */
export function chipText({ mode, minutes: name, text, textAny, textMinutes, textHours, textDays }, modes) {
  if (!name) return text.replace("{seconds}", modes[mode]);
  const minutes = modes[name];
  if (!minutes) return textAny;
  return text.replace("{time}", timeText(minutes, { textMinutes, textHours, textDays }));
}

/** "10 min", "3 h" or "7 days", whichever is the largest that fits, rounded up. */
export function timeText(minutes, { textMinutes, textHours, textDays }) {
  if (minutes < 60) return textMinutes.replace("{count}", Math.ceil(minutes));
  if (minutes < 48 * 60) return textHours.replace("{count}", Math.ceil(minutes / 60));
  return textDays.replace("{count}", Math.ceil(minutes / 1440));
}
