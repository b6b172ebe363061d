/** Counts whole seconds down to zero and says so each time. */

export class Countdown {
  #show;
  #deps;
  #until = null;
  #timer = null;

  /**
   * @param {(seconds: number) => void} show is called with what is left, at last with 0
   * @param {{now?: () => number, setTimer?: Function, clearTimer?: Function}} deps
   */
  constructor(show, deps = {}) {
    this.#show = show;
    this.#deps = {
      now: Date.now,
      setTimer: (action, ms) => setTimeout(action, ms),
      clearTimer: (timer) => clearTimeout(timer),
      ...deps,
    };
  }

  get isRunning() {
    return this.#until !== null;
  }

  /** Count down to this time (milliseconds since 1970); a later end wins over an earlier one. */
  start(until) {
    if (this.#until !== null && until <= this.#until) return;
    this.stop();
    this.#until = until;
    this.#tick();
  }

  /** Stop without a word. */
  stop() {
    this.#deps.clearTimer(this.#timer);
    this.#until = null;
  }

  #tick() {
    const left = this.#until - this.#deps.now();
    const seconds = Math.max(0, Math.ceil(left / 1000));
    if (!seconds) this.#until = null;
    this.#show(seconds);
    if (seconds) this.#timer = this.#deps.setTimer(() => this.#tick(), left - (seconds - 1) * 1000);
  }
}
