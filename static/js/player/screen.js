/** Fullscreen and picture-in-picture, the standard way and Apple's. */

/**
 * Return how `root` goes fullscreen, with our controls; on iPhones only the bare video can.
 * @returns {{isPossible: boolean, isOn: () => boolean, toggle: () => void}}
 */
export function fullscreen(root, video) {
  if (root.requestFullscreen) {
    const isOn = () => document.fullscreenElement === root;
    return {
      isPossible: document.fullscreenEnabled,
      isOn,
      toggle: () => quietly(isOn() ? document.exitFullscreen() : root.requestFullscreen()),
    };
  }
  return {
    isPossible: Boolean(video.webkitEnterFullscreen),
    isOn: () => Boolean(video.webkitDisplayingFullscreen),
    toggle: () => video.webkitEnterFullscreen(),
  };
}

/** Return how the video gets a small window of its own. */
export function pictureInPicture(video) {
  if (video.requestPictureInPicture) {
    const isOn = () => document.pictureInPictureElement === video;
    return {
      isPossible: document.pictureInPictureEnabled,
      isOn,
      toggle: () =>
        quietly(isOn() ? document.exitPictureInPicture() : video.requestPictureInPicture()),
    };
  }
  const isOn = () => video.webkitPresentationMode === "picture-in-picture";
  return {
    isPossible: Boolean(video.webkitSupportsPresentationMode?.("picture-in-picture")),
    isOn,
    toggle: () => video.webkitSetPresentationMode(isOn() ? "inline" : "picture-in-picture"),
  };
}

/** Browsers refuse for reasons of their own (no picture yet, no gesture): nothing to tell. */
function quietly(promise) {
  promise?.catch(() => {});
}
