/** Following without a reload, which would interrupt the picture. */

/**
 * Bring every `[data-follow]` form in `root` to life.
 * @param {{post: (url: string, body: URLSearchParams) => Promise<object>,
 *   announce: (text: string, level?: string) => void}} deps
 */
export function mountFollow(root, { post, announce }) {
  root.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-follow]");
    const button = event.submitter;
    if (!form || !button) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const body = new URLSearchParams({ follow: button.value });
      show(form, button, await post(form.action, body));
      document.dispatchEvent(new Event("follows-changed")); // Told to rooms/rail.js.
    } catch (refused) {
      if (refused.status === 401) form.submit(); // Which leads to the door.
      else announce(refused.message, "error");
    }
    button.disabled = false;
  });
}

function show(form, button, { following, followers }) {
  button.value = following ? "no" : "yes";
  button.classList.toggle("primary", !following);
  const { textYes, textNo } = button.dataset;
  form.querySelector("[data-follow-text]").textContent = following ? textNo : textYes;
  form.querySelector("[data-follow-count]").textContent = followers;
}
