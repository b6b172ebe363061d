/** How it plays, in figures, for whoever asks: over the picture, renewed once a second. */

const EVERY = 1000;
const NOTHING = "–";

/**
 * Return what the panel says, by the name of its line.
 * @param {object} reading see `mountStats`
 * @param {string} language
 */
export function figuresOf(reading, language) {
  const number = (value, digits) =>
    value === null || Number.isNaN(value)
      ? NOTHING
      : new Intl.NumberFormat(language, {
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        }).format(value);
  const { width, height, fps, codecs, delay, target, ahead, rate, kilobits } = reading;
  const { dropped, frames, stalls } = reading;
  const share = frames ? (100 * dropped) / frames : 0;
  return {
    picture: width ? `${width}×${height}${fps ? ` · ${number(fps, 0)} fps` : ""}` : NOTHING,
    codecs: codecs || NOTHING,
    bitrate: kilobits === null ? NOTHING : `${number(kilobits, 0)} kbit/s`,
    delay: delay === null ? NOTHING : `${number(delay, 2)} s`,
    buffer: `${number(ahead, 2)} s → ${number(target, 2)} s`,
    rate: `${number(rate, 2)}×`,
    dropped: `${number(dropped, 0)} / ${number(frames, 0)} (${number(share, 1)} %)`,
    stalls: number(stalls, 0),
  };
}

/**
 * Bring the panel in `root` to life.
 * @param {HTMLElement} root the player
 * @param {{engine: object, playback: object, video: HTMLVideoElement, clock: () => number,
 *   language: string}} deps
 * @returns {{toggle: () => void, isOn: () => boolean}}
 */
export function mountStats(root, { engine, playback, video, clock, language }) {
  const panel = root.querySelector("[data-player-stats]");
  let before = null;
  let timer = null;

  const renew = () => {
    const now = { at: clock(), bytes: engine.received };
    const seconds = before ? now.at - before.at : 0;
    const bytes = before ? now.bytes - before.bytes : 0;
    before = now;
    const reading = {
      ...pictureIn(video, engine.info),
      ...playback.figures,
      // Another connection counts from nothing.
      kilobits: seconds && bytes >= 0 ? (bytes * 8) / 1000 / seconds : null,
    };
    for (const [name, text] of Object.entries(figuresOf(reading, language))) {
      panel.querySelector(`[data-figure="${name}"]`).textContent = text;
    }
  };
  const isOn = () => !panel.hidden;
  return {
    isOn,
    toggle: () => {
      panel.hidden = !panel.hidden;
      clearInterval(timer);
      before = null;
      if (!isOn()) return;
      renew();
      timer = setInterval(renew, EVERY);
    },
  };
}

function pictureIn(video, info) {
  const quality = video.getVideoPlaybackQuality?.();
  return {
    width: video.videoWidth,
    height: video.videoHeight,
    fps: info?.fps ?? null,
    codecs: [info?.videoCodec, info?.audioCodec].filter(Boolean).join(", "),
    dropped: quality?.droppedVideoFrames ?? 0,
    frames: quality?.totalVideoFrames ?? 0,
  };
}
