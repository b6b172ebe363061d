/**
 * How far the picture is behind what the server sends, as well as a page can know.
 *
 * Nothing in the stream says when a frame was taken. But the best case does: the moment at
 * which data arrived soonest, relative to its own timestamps, is taken for "no delay on the
 * way", and everything else is measured from it. A stalled network shows, a growing queue
 * shows; the constant part (camera, encoder, upload) cannot, and is not claimed.
 */
export class LiveEdge {
  #memory;
  #leads = new Map(); // Second → the best lead (media time minus clock) seen in it.
  #end = -Infinity;

  /** @param {number} memory seconds that the best case counts; clocks of encoders drift. */
  constructor(memory = 20) {
    this.#memory = memory;
  }

  /** Forget everything: another connection, or the publisher has been away. */
  reset() {
    this.#leads.clear();
    this.#end = -Infinity;
  }

  /** Data up to the media time `end` is here at `now` (both in seconds). */
  observe(now, end) {
    if (end <= this.#end) return;
    this.#end = end;
    const second = Math.floor(now);
    const best = this.#leads.get(second) ?? -Infinity;
    this.#leads.set(second, Math.max(best, end - now));
    for (const old of this.#leads.keys()) {
      if (old < second - this.#memory) this.#leads.delete(old);
    }
  }

  /** Return the delay of the media time `position` at `now`, or null while nothing is known. */
  delay(now, position) {
    if (this.#leads.size === 0) return null;
    return Math.max(0, Math.max(...this.#leads.values()) + now - position);
  }
}
