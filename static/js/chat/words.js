/** The editor of the word list, for whoever keeps order. */

/**
 * @param {Element} root the chat, with `[data-chat-words]` (a dialog) and `[data-chat-words-button]` in it
 * @param {{socket: import("../core/socket.js").Socket}} deps
 */
export function mountWords(root, { socket }) {
  const dialog = root.querySelector("[data-chat-words]");
  const part = (name) => dialog.querySelector(`[data-words-${name}]`);
  let words = [];

  const show = () => {
    part("list").replaceChildren(...words.map((word) => row(part("entry"), word, part("list").dataset)));
    part("count").textContent = words.length ? `(${words.length})` : "";
    part("empty").hidden = words.length > 0;
  };
  const ask = async (event, data) => {
    part("problem").hidden = true;
    try {
      return await socket.request(event, data);
    } catch (failure) {
      part("problem").textContent = failure.message;
      part("problem").hidden = false;
      return null;
    }
  };
  const load = async () => {
    words = (await ask("list-words", {}))?.words ?? words;
    show();
  };

  root.querySelector("[data-chat-words-button]").addEventListener("click", () => {
    root.querySelector("[data-chat-settings]").hidePopover();
    dialog.showModal();
    part("text").focus();
    load();
  });
  dialog.addEventListener("click", async ({ target }) => {
    if (target === dialog || target.closest("[data-words-close]")) dialog.close();
    const button = target.closest("[data-words-remove]");
    if (!button) return;
    const item = button.closest("[data-word-id]");
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const nextId = next?.dataset.wordId;
    await ask("remove-word", { wordId: Number(item.dataset.wordId) });
    await load();
    const place = nextId && part("list").querySelector(`[data-word-id="${nextId}"] button`);
    (place || part("text")).focus();
  });
  part("add").addEventListener("submit", async (event) => {
    event.preventDefault();
    const alsoUnmarked = part("unmarked").checked;
    const word = { text: part("text").value, alsoUnmarked, ...treatmentOf(part("treatment").value) };
    if (!word.text.trim() || !(await ask("add-word", word))) return;
    part("text").value = "";
    part("text").focus();
    await load();
  });
  part("try").addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = await ask("try-words", { text: part("sentence").value });
    if (found) part("result").textContent = resultText(found, part("result").dataset, part("list").dataset);
  });
  part("sentence").addEventListener("input", () => (part("result").textContent = ""));
}

/** `hold`, `hide`, or `time-out 60`, as the server wants it. */
export function treatmentOf(value) {
  const [treatment, seconds] = value.split(" ");
  return { treatment, seconds: Number(seconds ?? 0) };
}

/** What happens to a message, in words. */
export function treatmentText({ treatment, seconds }, texts) {
  if (treatment !== "time-out") return treatment === "hold" ? texts.textHold : texts.textHide;
  return texts[`textTimeOut${seconds}`] ?? `${seconds} s`;
}

/** What became of the sentence that was tried. */
export function resultText({ word, ...found }, { textPasses, textFound }, texts) {
  if (word === null) return textPasses;
  return textFound.replace("{word}", word).replace("{treatment}", treatmentText(found, texts));
}

function row(blank, word, texts) {
  const item = blank.content.cloneNode(true).firstElementChild;
  item.dataset.wordId = word.id;
  item.querySelector("[data-word-text]").textContent = word.text;
  item.querySelector("[data-word-treatment]").textContent = treatmentText(word, texts);
  item.querySelector("[data-word-unmarked]").hidden = !word.alsoUnmarked;
  const remove = item.querySelector("[data-words-remove]");
  remove.setAttribute("aria-label", texts.textRemove.replace("{word}", word.text));
  return item;
}
