/**
 * Keeps the picture close to the live edge without starving the decoder.
 *
 * What matters is the *lowest* level the buffer fell to lately: data arrives in bursts, so a
 * momentary level says little. That low water is held near a target by small changes of the
 * playback rate; what is far too much is skipped. A stall raises the target, calm lowers it.
 */

const DEFAULTS = Object.freeze({
  target: 0.4, // Seconds of buffer to keep at the lowest moment.
  ceiling: 2.5, // A bad network never gets more than this.
  stallCost: 0.25, // How much a stall raises the target.
  calm: 30, // Seconds without a stall before the target sinks again …
  relief: 0.02, // … by this much a second.
  memory: 2, // Seconds that the low water looks back.
  skipAbove: 1.5, // More than this above the target is skipped, not played faster.
  eagerSkipAbove: 0.5, // … this much in the first moments of a connection and after a stall,
  eager: 6, // for so many seconds: a skip is not noticed then.
  patience: 1, // Seconds between two skips.
});

/** How close to live: what differs from the defaults. */
export const MODES = Object.freeze({
  low: {},
  // For networks that come and go: two seconds more, and hardly a stall.
  normal: { target: 2, ceiling: 5, skipAbove: 3, eagerSkipAbove: 1.5 },
});

// How far off the target (in seconds) calls for which rate. 1.1 is not heard as faster.
const FASTER = [
  [0.5, 1.1],
  [0.15, 1.05],
];
const SLOWER = [
  [-0.3, 0.9],
  [-0.15, 0.95],
];

export class Latency {
  #base;
  #options;
  #target;
  #levels = [];
  #rate = 1;
  #stalls = [];
  #lastStall = -Infinity;
  #eagerUntil = -Infinity;
  #lastSkip = -Infinity;
  #lastAdvice = null;

  constructor(options = {}) {
    this.#base = { ...DEFAULTS, ...options };
    this.#options = this.#base;
    this.#target = this.#options.target;
  }

  /** Aim as the mode (a key of MODES) says, from `now` on. */
  use(mode, now) {
    this.#options = { ...this.#base, ...MODES[mode] };
    this.#target = this.#options.target;
    this.#stalls = [];
    this.begin(now);
  }

  /** Seconds of buffer that it aims at. */
  get target() {
    return this.#target;
  }

  /** A new connection, a seek or the end of a pause: what was before says nothing any more. */
  begin(now) {
    this.#forget();
    this.#eagerUntil = now + this.#options.eager;
  }

  /** The buffer ran dry at `now` (seconds). */
  stalled(now) {
    this.#stalls.push({ at: now, target: this.#target });
    this.#stalls = this.#stalls.slice(-5);
    this.#target = Math.min(this.#options.ceiling, this.#target + this.#options.stallCost);
    this.#lastStall = now;
    this.begin(now);
  }

  /** The publisher was away, not the network slow: stalls of the last seconds do not count. */
  forgive(now, seconds = 4) {
    const pardoned = this.#stalls.find(({ at }) => now - at <= seconds);
    if (pardoned) {
      this.#target = pardoned.target;
      this.#stalls = this.#stalls.filter(({ at }) => now - at > seconds);
    }
  }

  /**
   * Say what to do now: `{rate}`, and `skipTo` when the playhead should jump.
   * @param {{now: number, position: number, end: number}} reading in seconds; `end` is where
   *   the buffered range around the playhead ends.
   */
  advise({ now, position, end }) {
    this.#relax(now);
    const ahead = end - position;
    this.#levels.push({ at: now, ahead });
    this.#levels = this.#levels.filter(({ at }) => now - at <= this.#options.memory);
    const low = Math.min(...this.#levels.map((level) => level.ahead));
    if (this.#mustSkip(now, low)) {
      this.#lastSkip = now;
      this.#forget();
      return { rate: 1, skipTo: end - this.#target };
    }
    this.#rate = rateFor(low - this.#target, this.#rate);
    return { rate: this.#rate };
  }

  #mustSkip(now, low) {
    if (now - this.#lastSkip < this.#options.patience) return false;
    const { skipAbove, eagerSkipAbove } = this.#options;
    return low - this.#target > (now < this.#eagerUntil ? eagerSkipAbove : skipAbove);
  }

  #forget() {
    this.#levels = [];
    this.#rate = 1;
    this.#lastAdvice = null;
  }

  #relax(now) {
    const since = this.#lastAdvice ?? now;
    this.#lastAdvice = now;
    if (now - this.#lastStall > this.#options.calm) {
      const sunk = this.#target - this.#options.relief * (now - since);
      this.#target = Math.max(this.#options.target, sunk);
    }
  }
}

/** Return the rate for a buffer that is `off` seconds above (or below) its target. */
export function rateFor(off, rate = 1) {
  const faster = FASTER.find(([from]) => off >= from);
  if (faster) return faster[1];
  const slower = SLOWER.find(([from]) => off <= from);
  if (slower) return slower[1];
  // Between the thresholds a correction goes on until the target is reached.
  if (rate > 1 && off > 0.02) return 1.05;
  if (rate < 1 && off < -0.02) return 0.95;
  return 1;
}
