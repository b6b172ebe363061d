/** Where a reader left off: the first message that came while they did not look. No DOM. */

export class Unread {
  #isLooking = true;
  #mark = null;

  /**
   * Tell whether the reader looks at the end of the chat. The mark is set when they turn away, and
   * stays when they come back, until they turn away again.
   * @param {boolean} isLooking
   * @param {number | null} lastId the newest message that they can have seen
   */
  look(isLooking, lastId) {
    if (this.#isLooking && !isLooking) this.#mark = lastId ?? 0;
    this.#isLooking = isLooking;
  }

  /** They take part: what was before is read. */
  clear() {
    if (this.#isLooking) this.#mark = null;
  }

  /** The id of the first message that is new to them, or null; what they said themselves is not. */
  firstIn(messages, me) {
    if (this.#mark === null) return null;
    const index = messages.findIndex(({ id, userId }) => id > this.#mark && (me === null || userId !== me));
    // Above the first of all there is nothing that it would be divided from.
    return index > 0 ? messages[index].id : null;
  }
}
