/** Tries again: after 1, 2, 4, 8, 15 seconds, never all viewers at the same moment. */

const SECONDS = [1, 2, 4, 8, 15];

/** Between half and all of 1 s, 2 s, 4 s, 8 s, 15 s: a crowd must not return at once. */
export function backoff(attempt, random = Math.random) {
  const ceiling = SECONDS[Math.min(attempt, SECONDS.length - 1)];
  return ceiling / 2 + (random() * ceiling) / 2;
}

export class Retry {
  #attempt = 0;
  #timer = null;
  #due = null;
  #action = null;
  #clock;
  #random;
  #setTimer;
  #clearTimer;

  /** @param {{clock: () => number}} deps the clock counts seconds */
  constructor({
    clock,
    random = Math.random,
    setTimer = (action, seconds) => setTimeout(action, seconds * 1000),
    clearTimer = (timer) => clearTimeout(timer),
  }) {
    this.#clock = clock;
    this.#random = random;
    this.#setTimer = setTimer;
    this.#clearTimer = clearTimer;
  }

  /** When the next try is, on the clock given; null when none is planned. */
  get due() {
    return this.#due;
  }

  /** Plan `action`, each time later than the last; never before `atLeast` seconds. */
  plan(action, { atLeast = 0 } = {}) {
    this.cancel();
    const wait = Math.max(atLeast, backoff(this.#attempt, this.#random));
    this.#attempt += 1;
    this.#action = action;
    this.#due = this.#clock() + wait;
    this.#timer = this.#setTimer(() => this.now(), wait);
  }

  /** Do what is planned at once, if something is. */
  now() {
    const action = this.#action;
    this.cancel();
    action?.();
  }

  /** It went well for long enough: the next failure starts from the shortest wait. */
  succeeded() {
    this.#attempt = 0;
  }

  /** Drop the plan. */
  cancel() {
    if (this.#timer !== null) this.#clearTimer(this.#timer);
    this.#timer = this.#due = this.#action = null;
  }
}
