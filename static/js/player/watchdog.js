/** Notices that the picture stands still, and what would help: looks only at numbers. */

const MOVED = 0.01; // Seconds of media time: less is no movement.

export class Watchdog {
  #stallAfter;
  #frozenAfter;
  #silentAfter;
  #position = null;
  #movedAt = null;
  #nudgedAt = null;
  #stalled = false;

  constructor({ stallAfter = 0.4, frozenAfter = 4, silentAfter = 8 } = {}) {
    this.#stallAfter = stallAfter;
    this.#frozenAfter = frozenAfter;
    this.#silentAfter = silentAfter;
  }

  /** Start over: a new connection, or a pause. */
  reset() {
    this.#position = this.#movedAt = this.#nudgedAt = null;
    this.#stalled = false;
  }

  /**
   * Return what happens: "moving"; "stalled" (once, when it stops); "nudge" (there is data but
   * it does not play: seek); "rebuild" (seeking did not help); "reconnect" (nothing has arrived
   * for long although it should); null when there is nothing new.
   * @param {{now: number, position: number, ahead: number, lastBytes: number, dataIsDue: boolean,
   *   mayRest: boolean}} reading seconds; `ahead` is what is buffered beyond the playhead;
   *   `mayRest` says that nobody sees the picture, so that it need not move.
   */
  check({ now, position, ahead, lastBytes, dataIsDue, mayRest }) {
    if (this.#position === null || Math.abs(position - this.#position) > MOVED) {
      const first = this.#position === null;
      this.reset();
      this.#position = position;
      this.#movedAt = now;
      return first ? null : "moving";
    }
    if (now - this.#movedAt < this.#stallAfter) return null;
    if (!this.#stalled) {
      this.#stalled = true;
      return "stalled";
    }
    if (ahead > 0.3) return mayRest ? null : this.#shake(now);
    const silent = now - Math.max(lastBytes, this.#movedAt);
    return dataIsDue && silent > this.#silentAfter ? "reconnect" : null;
  }

  #shake(now) {
    if (now - (this.#nudgedAt ?? this.#movedAt) < this.#frozenAfter) return null;
    const second = this.#nudgedAt !== null;
    this.#nudgedAt = now;
    // The seek itself moves the position and must not pass for playing.
    return second ? "rebuild" : "nudge";
  }
}
