/** Asks the site's own endpoints, with the session cookie and the CSRF token. */

/** What the server said no to: its stable code and its sentence in the reader's language. */
export class Refused extends Error {
  constructor(status, { code = "", message = "" } = {}) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * GET `url` and return the JSON it answers.
 * @param {AbortSignal} [signal]
 * @throws {Refused} when the server refuses
 */
export async function get(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
  const data = await answer.json();
  if (!answer.ok) throw new Refused(answer.status, data);
  return data;
}

/**
 * POST to `url` and return the JSON it answers.
 * @throws {Refused} when the server refuses
 */
export function post(url, body = new URLSearchParams()) {
  return send("POST", url, body);
}

/** PUT to `url`, without a body, and return the JSON it answers. */
export function put(url) {
  return send("PUT", url);
}

async function send(method, url, body) {
  const answer = await fetch(url, {
    method,
    body,
    headers: {
      Accept: "application/json",
      "X-CSRFToken": document.documentElement.dataset.csrfToken,
    },
  });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const data = isJson ? await answer.json() : {};
  if (!answer.ok || !isJson) throw new Refused(answer.status, data);
  return data;
}
