/** Reporting without leaving the stream. */

/**
 * Bring the `[data-report]` form in a dialog of `root` to life, if there is one.
 * @param {ParentNode} root
 * @param {{post: (url: string, body: FormData) => Promise<{message: string}>,
 *   announce: (text: string, level?: string) => void}} deps
 */
export function mountReport(root, { post, announce }) {
  const form = root.querySelector("dialog [data-report]");
  form?.addEventListener("submit", async (submit) => {
    submit.preventDefault();
    const { submitter } = submit;
    if (submitter) submitter.disabled = true;
    try {
      const { message } = await post(form.action, new FormData(form));
      form.closest("dialog").close();
      form.reset();
      announce(message, "success");
    } catch (refused) {
      // Beside an open dialog a toast is out of everybody's reach. What was typed is still there.
      form.closest("dialog").close();
      if (refused.message) announce(refused.message, "error");
      else form.submit(); // Which leads to the door.
    }
    if (submitter) submitter.disabled = false;
  });
}
