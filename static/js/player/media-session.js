/** What plays, for the system: its media keys, its lock screen, its list of what makes a sound. */

/**
 * Tell it, and let it play and pause.
 * @param {HTMLElement} root the player, whose video is called what the room is
 * @param {{session: EventTarget, video: HTMLVideoElement, actions: object, navigator?: Navigator,
 *   Metadata?: Function}} deps
 */
export function mountMediaSession(root, deps) {
  const { session, video, actions, navigator = globalThis.navigator } = deps;
  const { Metadata = globalThis.MediaMetadata } = deps;
  const system = navigator.mediaSession;
  if (!system || !Metadata) return;
  let told = "";

  const tell = () => {
    system.playbackState = session.isConnected && !video.paused ? "playing" : "paused";
    const title = video.getAttribute("aria-label");
    if (told === title) return;
    told = title;
    const { streamer, poster } = root.dataset;
    const artwork = poster ? [{ src: poster, sizes: "1280x720", type: "image/webp" }] : [];
    system.metadata = new Metadata({ title, artist: streamer, artwork });
  };
  session.addEventListener("change", tell);
  for (const name of ["play", "pause"]) video.addEventListener(name, tell);
  const isOn = () => session.wanted && !video.paused;
  listen(system, "play", () => isOn() || actions.play());
  for (const name of ["pause", "stop"]) listen(system, name, () => isOn() && actions.play());
  tell();
}

/** Browsers refuse actions that they do not know. */
function listen(system, name, action) {
  try {
    system.setActionHandler(name, action);
  } catch {
    // It has no such key, then.
  }
}
