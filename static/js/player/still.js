/** Keeps the last picture on the stage while the connection behind it is replaced. */

/** @param {HTMLCanvasElement} canvas shown while `video` has nothing */
export function mountStill(canvas, { video, engine, playback }) {
  engine.addEventListener("detaching", () => keep());
  playback.addEventListener("pictured", () => {
    canvas.hidden = true;
  });

  function keep() {
    if (!playback.hasPicture || !video.videoWidth) return;
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.hidden = false;
  }
}
