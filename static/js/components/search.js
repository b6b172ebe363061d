/** The search of the head, which on phones hides behind a button. */

/** Let `[data-search-opener]` show the search and put the cursor into it. */
export function mountSearch(root) {
  const form = root.querySelector("[data-search]");
  const opener = root.querySelector("[data-search-opener]");
  if (!form || !opener) return;
  const input = form.querySelector("input");
  const shell = form.parentElement;
  opener.addEventListener("click", (click) => {
    click.preventDefault();
    shell.dataset.open = "";
    input.focus();
  });
  input.addEventListener("blur", () => delete shell.dataset.open);
  input.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !("open" in shell.dataset)) return;
    delete shell.dataset.open;
    opener.focus();
  });
}
