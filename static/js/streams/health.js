/** Keeps the figures of `ingest-health` current, written as streams/templatetags/studio.py does. */

const NOTHING = "–";

/** Return what each `[data-figure]` says for `health`, in the page's language. */
export function figuresOf(health, language) {
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1, useGrouping: false });
  const measured = (value) => (value ? number.format(value) : NOTHING);
  return {
    video: health.videoCodec || NOTHING,
    audio: health.audioCodec || NOTHING,
    size: health.width && health.height ? `${health.width}×${health.height}` : NOTHING,
    fps: measured(health.fps),
    bitrate: measured(health.bitrateKbps || health.videoKbps + health.audioKbps),
    keyframe: measured(health.keyframeSeconds),
    reconnects: String(health.reconnects),
    encoder: health.encoder || NOTHING,
  };
}

/**
 * @param {ParentNode} root holds `[data-figures]` and `[data-problems]`
 * @param {EventTarget} socket
 * @param {{roomId: string, language: string, connectionChanged: () => void}} deps
 *   `connectionChanged` is called when the encoder connects or leaves: the page says more then
 */
export function mountHealth(root, socket, { roomId, language, connectionChanged }) {
  socket.addEventListener("ingest-health", ({ detail }) => {
    if (detail.roomId !== roomId) return;
    const figures = root.querySelector("[data-figures]");
    if (figures.hidden === detail.connected) connectionChanged();
    figures.hidden = !detail.connected;
    for (const [name, text] of Object.entries(figuresOf(detail, language))) {
      const figure = root.querySelector(`[data-figure="${name}"]`);
      if (figure.textContent !== text) figure.textContent = text;
    }
    showProblems(root, detail.problems, language);
  });
}

function showProblems(root, problems, language) {
  const list = root.querySelector("[data-problems]");
  const codes = problems.map(({ code }) => code).join(" ");
  // The same as before: nothing is read out again.
  if (list.dataset.problems === codes) return;
  list.dataset.problems = codes;
  const blank = root.querySelector("template[data-problem]");
  list.replaceChildren(
    ...problems.map(({ messages }) => {
      const notice = blank.content.firstElementChild.cloneNode(true);
      notice.querySelector("[data-text]").textContent = messages[language] ?? messages.vi;
      return notice;
    }),
  );
}
