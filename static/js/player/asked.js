/** What the address of a page asks of its player: whoever shared it saw the stream like that. */

/**
 * Return what is asked for; null where nothing is.
 * @param {string} search of the page's address
 */
export function askedIn(search) {
  const asked = new URLSearchParams(search);
  return {
    theatre: asked.has("theatre") ? asked.get("theatre") !== "0" : null,
    muted: asked.has("muted") ? asked.get("muted") !== "0" : null,
    latency: asked.get("latency") === "normal" ? "normal" : null,
  };
}

/**
 * Return `url` with what it takes to see the stream as it is seen here.
 * @param {string} url
 * @param {{theatre: boolean, muted: boolean, latency: string}} state
 */
export function urlOf(url, { theatre, muted, latency }) {
  const made = new URL(url);
  if (theatre) made.searchParams.set("theatre", "1");
  if (muted) made.searchParams.set("muted", "1");
  if (latency === "normal") made.searchParams.set("latency", latency);
  return made.href;
}
