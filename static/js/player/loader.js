/**
 * Reads the stream for mpegts.js.
 *
 * Its own loader keeps only the status of a refusal, and in Chromium lets go of a connection
 * only when the next bytes arrive. This one keeps the reason and lets go at once.
 */

/** The stream, asked for: before mpegts.js is here to read it, which saves its viewer a journey. */
export class StreamRequest {
  #abort = new AbortController();
  #servedBy = "";

  constructor(url) {
    this.response = fetch(url, { signal: this.#abort.signal, cache: "no-store" });
    // Whoever reads it hears of what goes wrong.
    this.response.then(
      ({ ok, url: place }) => {
        if (ok && place) this.#servedBy = new URL(place).origin;
      },
      () => {},
    );
  }

  /** Who sends the stream: the site, or an edge that it named; "" while nobody does. */
  get servedBy() {
    return this.#servedBy;
  }

  get isAborted() {
    return this.#abort.signal.aborted;
  }

  abort() {
    this.#abort.abort();
  }
}

/**
 * Return a loader class for mpegts.js.
 * @param {object} mpegts the library
 * @param {StreamRequest} request the stream, which the loader lets go of in the end
 * @param {(bytes: number) => void} onBytes told how large each piece is that arrives
 */
export function streamLoader(mpegts, request, onBytes) {
  const { BaseLoader, LoaderErrors, LoaderStatus } = mpegts;

  return class StreamLoader extends BaseLoader {
    #received = 0;

    constructor() {
      super("stream-loader");
    }

    destroy() {
      this.abort();
      super.destroy();
    }

    abort() {
      this._status = LoaderStatus.kIdle;
      request.abort();
    }

    async open() {
      this._status = LoaderStatus.kConnecting;
      try {
        const response = await request.response;
        if (response.ok) await this.#pump(response.body.getReader());
        else this.#refuse(await refusal(response));
      } catch (error) {
        if (request.isAborted) return;
        this.#refuse({ code: -1, msg: String(error.message) }, LoaderErrors.EXCEPTION);
      }
    }

    async #pump(reader) {
      this._status = LoaderStatus.kBuffering;
      for (;;) {
        const { done, value } = await reader.read();
        if (request.isAborted) return;
        if (done) break;
        const start = this.#received;
        this.#received += value.byteLength;
        onBytes(value.byteLength);
        // mpegts.js takes whole buffers; a view into a larger one would hand it foreign bytes.
        this._onDataArrival?.(whole(value), start, this.#received);
      }
      this._status = LoaderStatus.kComplete;
      this._onComplete?.(0, this.#received - 1);
    }

    #refuse(info, type = LoaderErrors.HTTP_STATUS_CODE_INVALID) {
      if (request.isAborted) return;
      this._status = LoaderStatus.kError;
      this._onError?.(type, info);
    }
  };
}

function whole({ buffer, byteOffset, byteLength }) {
  return byteLength === buffer.byteLength
    ? buffer
    : buffer.slice(byteOffset, byteOffset + byteLength);
}

async function refusal(response) {
  const answer = await response.json().catch(() => ({}));
  return {
    code: response.status,
    msg: response.statusText,
    reason: String(answer.code ?? ""),
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
  };
}
