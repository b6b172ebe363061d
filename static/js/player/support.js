/** Whether this browser can play what we send, and if not, why. */

export const H264_AAC = 'video/mp4; codecs="avc1.42E01E,mp4a.40.2"';

/**
 * Return "" when it can, else the reason: "ios" (an iPhone or iPad before iOS 17.1),
 * "browser" (no media source at all) or "codec" (no H.264 or AAC).
 */
export function whyUnsupported({
  MediaSource = globalThis.MediaSource,
  ManagedMediaSource = globalThis.ManagedMediaSource,
  ReadableStream = globalThis.ReadableStream,
  userAgent = globalThis.navigator?.userAgent ?? "",
} = {}) {
  // mpegts.js takes the managed kind only where there is no other (iPhone).
  const source = MediaSource ?? ManagedMediaSource;
  if (!source || !ReadableStream) {
    return /iPhone|iPad|iPod/.test(userAgent) ? "ios" : "browser";
  }
  return source.isTypeSupported(H264_AAC) ? "" : "codec";
}
