/** What happens to lists of rooms, told over the page's socket. */

/**
 * Call `changed` whenever a public room came on or off the air: with `{username, isLive}`, or with
 * nothing when something may have been missed.
 * @param {import("../core/socket.js").Socket} socket
 * @param {(change?: {username: string, isLive: boolean}) => void} changed
 */
export function onListChange(socket, changed) {
  let hasBeenOpen = false;

  const watch = () => {
    // Refused or lost: the next connection asks again.
    socket.request("watch-lists").catch(() => {});
    if (hasBeenOpen) changed();
    hasBeenOpen = true;
  };
  socket.addEventListener("connection", ({ detail }) => {
    if (detail.state === "open") watch();
  });
  socket.addEventListener("live-list-changed", ({ detail }) => {
    if (detail.username === null) changed();
    else changed({ username: detail.username, isLive: detail.isLive });
  });
  if (socket.state === "open") watch();
}
