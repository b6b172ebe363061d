/** The chat over a picture in OBS. The secret stays behind the # of the address. */

import { mountOverlay } from "../chat/overlay.js";
import { optionsIn } from "../chat/overlay-options.js";
import { followPage, Socket, socketUrl } from "../core/socket.js";

const socket = new Socket(`${socketUrl(location)}overlay/`);
mountOverlay(document.querySelector("[data-overlay]"), socket, {
  secret: decodeURIComponent(location.hash.slice(1)),
  options: optionsIn(location.search),
  document,
  language: document.documentElement.lang,
});
// Another link in the same window is another overlay.
addEventListener("hashchange", () => location.reload());
followPage(socket, { window, document });
socket.open();
