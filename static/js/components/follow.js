/** The button that follows somebody, without leaving the page. */

/**
 * Bring every `[data-follow]` form in `root` to life.
 * @param {ParentNode} root
 * @param {{post: Function, announce: Function}} deps
 */
export function mountFollow(root, { post, announce }) {
  root.addEventListener("submit", async (submit) => {
    const form = submit.target;
    if (!form.closest("[data-follow]")) return;
    submit.preventDefault();
    const button = form.querySelector("[data-follow-button]");
    if (button.ariaDisabled === "true") return;
    button.ariaDisabled = "true";
    try {
      const body = new URLSearchParams({ follow: button.value });
      const answer = await post(form.action, body);
      show(root, button, answer);
      announce(answer.message, "success");
    } catch (refused) {
      announce(refused.message, "error");
    } finally {
      button.ariaDisabled = null;
    }
  });
}

function show(root, button, { following, followerCount }) {
  button.value = following ? "no" : "yes";
  button.classList.toggle("primary", !following);
  const { followYes, followNo } = button.dataset;
  button.querySelector("[data-follow-text]").textContent = following ? followNo : followYes;
  for (const count of root.querySelectorAll("[data-followers]")) {
    count.textContent = new Intl.NumberFormat(document.documentElement.lang).format(followerCount);
  }
}
