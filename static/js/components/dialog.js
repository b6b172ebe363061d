/** Links that ask in a dialog; without scripts they lead to a page that asks the same. */

/** Let `[data-dialog]` links in `root` open the dialog whose id they name. */
export function mountDialogs(root) {
  root.addEventListener("click", (click) => {
    const opener = click.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      click.preventDefault();
      dialog.showModal();
    }
    if (click.target.closest("[data-dialog-close]") || isBackdrop(click.target)) {
      click.target.closest("dialog").close();
    }
  });
}

/** A click beside the dialog hits the element itself, which its content fills. */
function isBackdrop(target) {
  return target instanceof HTMLDialogElement && target.matches(":modal");
}
