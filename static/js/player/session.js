/**
 * One viewer and one room: connects when there is something to watch and the viewer wants it,
 * tries again when it breaks, and says which face to show. Knows no DOM.
 */

import { Link, faceOf } from "./state.js";

const STEADY = 10; // Seconds of picture after which a failure counts as the first one again.
const MOST_MEDIA_FAILURES = 3; // … before we stop rebuilding and ask the viewer.
const ONE_TOO_MANY = 429; // What the server answers them.

/** Event: `change`, whenever the face or what it shows may be another. */
export class Session extends EventTarget {
  #engine;
  #retry;
  #clock;
  #room;
  #link = Link.IDLE;
  #wanted = true;
  #told = true;
  #unsupported;
  #error = "";
  #playingSince = null;
  #mediaFailures = 0;
  #isFull = false;

  /**
   * @param {{engine: EventTarget, retry: object, clock: () => number, unsupported?: string,
   *   room: {state: string, graceUntil: ?string, endReason: ?string}}} deps
   */
  constructor({ engine, retry, clock, room, unsupported = "" }) {
    super();
    this.#engine = engine;
    this.#retry = retry;
    this.#clock = clock;
    this.#room = room;
    this.#unsupported = unsupported;
    engine.addEventListener("failed", ({ detail }) => this.#failed(detail));
  }

  get face() {
    return faceOf({
      room: this.#room,
      link: this.#link,
      wanted: this.#wanted,
      unsupported: this.#unsupported,
    });
  }

  get room() {
    return this.#room;
  }

  get wanted() {
    return this.#wanted;
  }

  /** Why it cannot be played here: "", "ios", "browser" or "codec". */
  get unsupported() {
    return this.#unsupported;
  }

  /** Why it gave up: "", "banned", "forbidden", "gone", "locked" or "media". */
  get error() {
    return this.#error;
  }

  /** Whether the server has no place for us right now. */
  get isFull() {
    return this.#isFull;
  }

  /** When it tries again, or null. */
  get retryDue() {
    return this.#retry.due;
  }

  get isConnected() {
    return [Link.CONNECTING, Link.PLAYING, Link.STALLED].includes(this.#link);
  }

  get isPlaying() {
    return this.#link === Link.PLAYING;
  }

  /** Whether silence on the connection means that something is wrong. */
  get dataIsDue() {
    return this.#room.state === "live";
  }

  /** Connect, if there is something to watch. */
  start() {
    this.#settle();
  }

  /** The room has changed: what is given of {state, graceUntil, endReason} is new. */
  roomIs(change) {
    const before = this.#room.state;
    this.#room = { ...this.#room, ...change };
    const isBack = this.#room.state === "live" && before !== "live";
    if (isBack && this.#link === Link.RETRYING) this.#retry.now();
    this.#settle();
  }

  /** Whether somebody will tell when the room changes. If not, it is looked up by trying. */
  isTold(told) {
    if (this.#told === told) return;
    this.#told = told;
    if (!told && this.face === "waiting" && this.#link === Link.IDLE) this.#again({});
  }

  /** The viewer wants to watch. */
  play() {
    this.#wanted = true;
    if (this.#link === Link.FAILED) this.#begin();
    this.#settle();
  }

  /** The viewer paused, or the browser refused to play: keeps the connection. */
  pause() {
    this.#wanted = false;
    this.#settle();
  }

  /** Paused for long: let go of the connection until the viewer wants it again. */
  park() {
    if (!this.#wanted && this.isConnected) this.#drop();
  }

  /** A picture is there and moves. */
  moving() {
    if (!this.isConnected) return;
    if (this.#room.state === "waiting") this.#room = { ...this.#room, state: "live" };
    this.#playingSince ??= this.#clock();
    if (this.#clock() - this.#playingSince > STEADY) {
      this.#retry.succeeded();
      this.#mediaFailures = 0;
    }
    this.#linkIs(Link.PLAYING);
  }

  /** The picture stopped moving. */
  stalled() {
    if (this.#link === Link.PLAYING) this.#linkIs(Link.STALLED);
  }

  /** Connect anew at once: the connection is of no use any more. */
  reconnect() {
    if (this.isConnected) this.#begin();
  }

  /** The network is back: what was planned for later is tried now. */
  networkIsBack() {
    this.#retry.now();
  }

  #settle() {
    const { state } = this.#room;
    if (state === "ended" || state === "waiting" || this.#unsupported) {
      this.#drop();
      return;
    }
    if (this.#link === Link.IDLE && this.#wanted) this.#begin();
    else this.#changed();
  }

  #begin() {
    this.#retry.cancel();
    this.#playingSince = null;
    this.#error = "";
    this.#linkIs(Link.CONNECTING);
    this.#engine.start();
  }

  #drop() {
    this.#retry.cancel();
    this.#engine.stop();
    this.#linkIs(Link.IDLE);
  }

  #failed(failure) {
    const verdict = judge(failure);
    this.#isFull = failure.kind === "refused" && failure.status === ONE_TOO_MANY;
    if (failure.kind === "media") this.#mediaFailures += 1;
    if (failure.kind === "codec") {
      this.#unsupported = "codec";
      this.#settle();
    } else if (verdict.room) {
      this.roomIs({ state: verdict.room });
      // What the server refused now may be there in a moment: ask again, whatever the socket says.
      if (verdict.room === "waiting") this.#again(failure);
    } else if (verdict.error) {
      this.#giveUp(verdict.error);
    } else if (this.#mediaFailures > MOST_MEDIA_FAILURES) {
      this.#mediaFailures = 0;
      this.#giveUp("media");
    } else {
      this.#again(failure);
    }
  }

  #again({ retryAfter = 0 }) {
    if (!this.#wanted) {
      this.#drop(); // Whoever paused is connected again when they play.
      return;
    }
    this.#linkIs(Link.RETRYING);
    this.#retry.plan(() => this.#begin(), { atLeast: retryAfter });
    this.#changed();
  }

  #giveUp(error) {
    this.#error = error;
    this.#linkIs(Link.FAILED);
  }

  #linkIs(link) {
    if (this.#link === link) return;
    this.#link = link;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Return what a failure says about the room, or why there is no point in trying again. */
function judge({ kind, status, reason }) {
  if (kind !== "refused") return {};
  if (reason === "stream-ended") return { room: "ended" };
  if (reason === "stream-not-live") return { room: "waiting" };
  if (status === 404 || status === 410) return { error: "gone" };
  if (reason === "banned-from-room") return { error: "banned" };
  if (reason === "room-locked") return { error: "locked" };
  if (status === 401 || status === 403) return { error: "forbidden" };
  return {};
}
