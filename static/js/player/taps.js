/** Tells two taps of a finger from one. */

const SOON = 320; // Milliseconds between two taps that belong together.
const NEAR = 48; // Pixels between them.

/** Return a function that takes each tap and says whether it was the second of two. */
export function doubleTaps() {
  let last = null;
  return ({ timeStamp, clientX, clientY }) => {
    const isSecond =
      last !== null &&
      timeStamp - last.timeStamp < SOON &&
      Math.hypot(clientX - last.clientX, clientY - last.clientY) < NEAR;
    // Three taps are a double one and a single one.
    last = isSecond ? null : { timeStamp, clientX, clientY };
    return isSecond;
  };
}
