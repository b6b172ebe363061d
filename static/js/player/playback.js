/** The video element while it plays a connection: autoplay, latency, stalls, the delay. */

import { Latency } from "./latency.js";
import { LiveEdge } from "./delay.js";
import { Watchdog } from "./watchdog.js";

const TICK = 200; // Milliseconds between two looks at the buffer.
const DRIED_UP = 5; // Seconds without a byte, looked at only when the viewer comes back.
const RAN_DRY = 0.25; // Seconds of buffer; decoders keep a few frames of it to themselves.
const MODE_KEY = "streair.latency";

/** Event: `ticked`, when the numbers that the controls show may have changed. */
export class Playback extends EventTarget {
  #video;
  #engine;
  #session;
  #sound;
  #clock;
  #latency;
  #watchdog = new Watchdog();
  #edge = new LiveEdge();
  #turn = 0;
  #hasPicture = false;
  #storage;
  #mode;
  #stalls = 0;

  /** `mode` is what the page asks for; else it is what the viewer chose last. */
  constructor({ video, engine, session, sound, clock, storage = null, mode = null, ...deps }) {
    super();
    const { latency = new Latency() } = deps;
    this.#storage = storage;
    this.#mode = mode ?? (storage?.getItem(MODE_KEY) === "normal" ? "normal" : "low");
    this.#video = video;
    this.#engine = engine;
    this.#session = session;
    this.#sound = sound;
    this.#clock = clock;
    this.#latency = latency;
    latency.use(this.#mode, clock());
    engine.addEventListener("attached", () => this.#connected());
    video.addEventListener("pause", () => this.#paused());
    video.addEventListener("play", () => this.#played());
    setInterval(() => this.#tick(), TICK);
  }

  /** Whether the picture of this connection has shown up. */
  get hasPicture() {
    return this.#hasPicture;
  }

  /** Seconds behind what the server sends, or null while that is not known. */
  get delay() {
    const { isConnected, dataIsDue } = this.#session;
    if (!isConnected || !dataIsDue || !this.#hasPicture) return null;
    return this.#edge.delay(this.#clock(), this.#video.currentTime);
  }

  /** How close to live it keeps: "low" or "normal" (see latency.js). */
  get mode() {
    return this.#mode;
  }

  set mode(mode) {
    this.#mode = mode;
    this.#storage?.setItem(MODE_KEY, mode);
    this.#latency.use(mode, this.#clock());
  }

  /** What the statistics show of it. */
  get figures() {
    const { delay } = this;
    const rate = this.#video.playbackRate;
    const { ahead } = this.#reading();
    return { delay, ahead, rate, target: this.#latency.target, stalls: this.#stalls };
  }

  /** Whether it is as close to live as the network allows. */
  get isAtLive() {
    const { delay } = this;
    return delay !== null && !this.#video.paused && delay < this.#latency.target + 1.6;
  }

  /** Play, with sound if the browser lets us, else without, else leave it to the viewer. */
  async play() {
    if (await this.#isAllowed()) return;
    if (!this.#video.muted) {
      this.#sound.muteForAutoplay();
      if (await this.#isAllowed()) return;
    }
    this.#session.pause();
  }

  /** Go to the newest picture there is; get a new connection where the old one has dried up. */
  jumpToLive() {
    const { now, end, ahead, lastBytes, dataIsDue } = this.#reading();
    this.#latency.begin(now);
    if (dataIsDue && now - lastBytes > DRIED_UP) this.#session.reconnect();
    else if (this.#session.isConnected && ahead > this.#latency.target + 0.3) {
      this.#video.currentTime = end - this.#latency.target;
    }
  }

  /** The publisher went away or came back: what was learned about timing is void. */
  publisherChanged() {
    this.#latency.forgive(this.#clock());
    this.#edge.reset();
  }

  async #isAllowed() {
    try {
      await this.#video.play();
      return true;
    } catch (error) {
      // Others (a source that is replaced meanwhile) are no refusal.
      return error.name !== "NotAllowedError";
    }
  }

  #connected() {
    this.#hasPicture = false;
    this.#watchdog.reset();
    this.#edge.reset();
    this.#expectPicture();
    if (this.#session.wanted) this.play();
  }

  #expectPicture() {
    this.#turn += 1;
    const turn = this.#turn;
    const seen = () => {
      if (this.#hasPicture || this.#turn !== turn) return;
      this.#hasPicture = true;
      this.#latency.begin(this.#clock());
      this.dispatchEvent(new Event("pictured"));
      this.#tick();
    };
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(seen);
    else this.#video.addEventListener("timeupdate", seen, { once: true });
  }

  /** The element paused: by our own hand, by the system's media keys, or because it was hidden. */
  #paused() {
    const isOurs = !this.#session.wanted || !this.#session.isConnected || !this.#video.paused;
    if (!isOurs && !this.#isHidden && !this.#video.ended) this.#session.pause();
  }

  #played() {
    if (!this.#session.wanted) this.#session.play();
    this.#watchdog.reset();
    this.jumpToLive();
  }

  #tick() {
    if (this.#session.isConnected) this.#look();
    this.dispatchEvent(new Event("ticked"));
  }

  #look() {
    const reading = this.#reading();
    const { now, position, end } = reading;
    if (end > 0) this.#edge.observe(now, end);
    if (this.#video.paused) return;
    this.#act(this.#watchdog.check(reading), reading);
    // Levels of a picture that stands still would say that the network is too slow for ever.
    if (this.#video.seeking || !this.#session.isPlaying) return;
    const { rate, skipTo } = this.#latency.advise({ now, position, end });
    if (this.#video.playbackRate !== rate) this.#video.playbackRate = rate;
    if (skipTo !== undefined) this.#video.currentTime = skipTo;
  }

  #act(finding, { now, end, ahead, dataIsDue }) {
    if (finding === "moving" && this.#hasPicture) this.#session.moving();
    if (finding === "nudge") this.#video.currentTime = end - this.#latency.target / 2;
    if (finding === "rebuild" || finding === "reconnect") this.#session.reconnect();
    if (finding === "stalled" && this.#hasPicture) {
      this.#session.stalled();
      this.#stalls += 1;
      // With data at hand the machine was too slow, not the network: more of it would not help.
      if (dataIsDue && ahead < RAN_DRY) this.#latency.stalled(now);
    }
  }

  #reading() {
    const { buffered, currentTime: position } = this.#video;
    const end = buffered.length ? buffered.end(buffered.length - 1) : 0;
    return {
      now: this.#clock(),
      position,
      end,
      ahead: Math.max(0, end - position),
      lastBytes: this.#engine.lastBytes,
      dataIsDue: this.#session.dataIsDue,
      mayRest: this.#isHidden,
    };
  }

  /** Browsers stop the picture of a page that nobody sees. */
  get #isHidden() {
    return document.hidden && document.pictureInPictureElement !== this.#video;
  }
}
