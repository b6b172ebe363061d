/** Buttons that copy: a text they carry, or a secret that is fetched when they are pressed. */

const SHOWN_FOR = 2000;

/**
 * Bring every `[data-copy]` button in `root` to life.
 *
 * `data-copy` is the text itself, or with `data-copy-of` what is in that field; with `data-copy-from` it is fetched by POST from that address, with
 * what is chosen in the button's form, so that the secret is never in the page.
 */
export function mountCopyButtons(root, { post, announce }) {
  root.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    try {
      await copy(textOf(button, post));
    } catch {
      announce(button.dataset.failed ?? "", "error");
      return;
    }
    showDone(button, announce);
  });
}

async function textOf(button, post) {
  const { copy: text, copyOf, copyFrom } = button.dataset;
  if (copyOf) return document.getElementById(copyOf).value;
  if (!copyFrom) return text;
  const { streamKey, link } = await post(copyFrom, button.form ? new FormData(button.form) : undefined);
  return streamKey ?? link;
}

/** Put what `promise` brings on the clipboard; works on plain-http sites in a local network too. */
async function copy(promise) {
  if (navigator.clipboard && globalThis.ClipboardItem) {
    // Safari allows it only when the write itself starts within the click.
    const item = promise.then((text) => new Blob([text], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": item })]);
  } else {
    copyOldWay(await promise);
  }
}

function copyOldWay(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("The browser does not let us copy.");
}

function showDone(button, announce) {
  button.dataset.copied = "";
  announce(button.dataset.done ?? "", "success");
  setTimeout(() => delete button.dataset.copied, SHOWN_FOR);
}
