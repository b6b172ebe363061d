/** Keeps the screen on while a picture moves on it. */

/**
 * @param {{session: EventTarget, video: HTMLVideoElement, document: Document, wakeLock?: WakeLock}} deps
 */
export function mountWakeLock({ session, video, document, wakeLock = globalThis.navigator?.wakeLock }) {
  // A frame on another site may not ask: only trying would be complained about.
  if (!wakeLock || document.featurePolicy?.allowsFeature("screen-wake-lock") === false) return;
  let held = null; // A promise of the lock, or of null where the system refused.

  const follow = () => {
    const isWatched = session.isPlaying && !video.paused && !document.hidden;
    if (isWatched && !held) hold();
    else if (!isWatched && held) letGo();
  };
  const hold = () => {
    const asked = wakeLock.request("screen").catch(() => null); // Low on power, for one.
    held = asked;
    asked.then((lock) =>
      // The system takes it back when the page is hidden.
      lock?.addEventListener("release", () => {
        if (held === asked) held = null;
      }),
    );
  };
  const letGo = () => {
    held.then((lock) => lock?.release());
    held = null;
  };
  session.addEventListener("change", follow);
  for (const name of ["play", "pause"]) video.addEventListener(name, follow);
  document.addEventListener("visibilitychange", follow);
}
