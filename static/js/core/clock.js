/** Times as the server means them, whatever this computer's clock says. */

/** The server's clock, read from its answers. */
export class ServerClock {
  #skew = 0;
  #now;

  /** @param {() => number} now milliseconds, this computer's */
  constructor(now = Date.now) {
    this.#now = now;
  }

  /** The server says that it is `iso` right now. */
  sync(iso) {
    const time = Date.parse(iso);
    if (Number.isFinite(time)) this.#skew = time - this.#now();
  }

  /** Milliseconds since 1970, the server's. */
  now() {
    return this.#now() + this.#skew;
  }
}

/** "4:05" or "1:02:03", for how long something goes on. */
export function duration(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const parts = hours ? [hours, two(minutes), two(seconds)] : [minutes, two(seconds)];
  return parts.join(":");
}

const UNITS = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago" in the language of the page. */
export function relativeTime(time, now, language) {
  const seconds = Math.round((time - now) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(seconds, "second");
}

function two(number) {
  return String(number).padStart(2, "0");
}
