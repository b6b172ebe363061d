/**
 * Fetches the stream for mpegts.js.
 *
 * Its own loader keeps only the status of a refusal, and in Chromium lets go of a connection
 * only when the next bytes arrive. This one keeps the reason and lets go at once.
 */

/**
 * Return a loader class for mpegts.js.
 * @param {object} mpegts the library
 * @param {(bytes: number) => void} onBytes told how large each piece is that arrives
 */
export function streamLoader(mpegts, onBytes) {
  const { BaseLoader, LoaderErrors, LoaderStatus } = mpegts;

  return class StreamLoader extends BaseLoader {
    #abort = new AbortController();
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
      this.#abort.abort();
    }

    async open({ url }) {
      this._status = LoaderStatus.kConnecting;
      const { signal } = this.#abort;
      try {
        const response = await fetch(url, { signal, cache: "no-store" });
        if (response.ok) await this.#pump(response.body.getReader());
        else this.#refuse(await refusal(response));
      } catch (error) {
        if (signal.aborted) return;
        this.#refuse({ code: -1, msg: String(error.message) }, LoaderErrors.EXCEPTION);
      }
    }

    async #pump(reader) {
      this._status = LoaderStatus.kBuffering;
      for (;;) {
        const { done, value } = await reader.read();
        if (this.#abort.signal.aborted) return;
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
      if (this.#abort.signal.aborted) return;
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
