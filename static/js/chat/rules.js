/** What the streamer asks of whoever writes here for the first time. */

/**
 * @param {Element} footer holds `[data-chat-rules]` and the form
 * @param {{socket: import("../core/socket.js").Socket, roomId: string}} deps
 */
export function mountRules(footer, { socket, roomId }) {
  const panel = footer.querySelector("[data-chat-rules]");
  const problem = panel.querySelector("[data-rules-problem]");
  let rules = null;

  const show = (asked) => {
    rules = asked;
    panel.hidden = !rules;
    footer.toggleAttribute("data-asks", Boolean(rules));
    panel.querySelector("[data-rules-text]").textContent = rules?.text ?? "";
    problem.hidden = true;
  };
  socket.addEventListener("room-state", ({ detail }) => {
    if (detail.roomId === roomId && "rules" in detail) show(detail.rules);
  });
  panel.querySelector("[data-rules-agree]").addEventListener("click", async () => {
    try {
      await socket.request("agree-to-rules", { edition: rules.edition });
      show(null);
      footer.querySelector("[data-chat-input]").focus();
    } catch (failure) {
      problem.textContent = failure.message;
      problem.hidden = false;
    }
  });
}
