/** Shows the stream key for a while; without scripts the form leads to a page that does. */

const SHOWN_FOR = 20_000;

/** Bring the `[data-reveal]` form and the `[data-secret]` field in `root` to life. */
export function mountReveal(root, { post }) {
  const form = root.querySelector("[data-reveal]");
  const field = root.querySelector("[data-secret]");
  const masked = field.value;
  let timer = null;

  function hide() {
    clearTimeout(timer);
    timer = null;
    field.value = masked;
  }

  form.addEventListener("submit", async (submit) => {
    submit.preventDefault();
    if (timer) {
      hide();
      return;
    }
    try {
      field.value = (await post(form.action)).streamKey;
    } catch {
      form.submit(); // The page says what is wrong, or asks to sign in.
      return;
    }
    field.focus();
    timer = setTimeout(hide, SHOWN_FOR);
  });
  // Nobody's key comes back with the page.
  addEventListener("pagehide", hide);
}
