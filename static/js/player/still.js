/** Keeps the last picture on the stage while the connection behind it is replaced. */

/** Mount it on `root`, which says `data-picture` from the first picture on. */
export function mountStill(root, { video, engine, playback }) {
  const canvas = root.querySelector("[data-player-still]");
  engine.addEventListener("detaching", () => keep());
  playback.addEventListener("pictured", () => {
    canvas.hidden = true;
    root.dataset.picture = "true";
  });

  function keep() {
    if (!playback.hasPicture || !video.videoWidth) return;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.hidden = false;
  }
}
