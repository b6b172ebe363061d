/** The watch page: one room, its player, its state. */

import { joinWithChat } from "../chat/join.js";
import { refreshRegions, spread } from "../core/regions.js";
import { openSocket } from "../core/socket.js";
import { turn } from "../core/turns.js";
import { mountPlayer } from "../player/player.js";
import { mountLiveBadge } from "../rooms/live-badge.js";
import { mountLiveTab } from "../rooms/live-tab.js";
import { mountNext } from "../rooms/next.js";
import { mountRail } from "../rooms/rail.js";
import { mountRoomState } from "../rooms/room-state.js";
import { mountShare } from "../rooms/share.js";
import { mountViewerCount } from "../rooms/viewer-count.js";

const root = document.querySelector("[data-watch]");
const { roomId } = root.dataset;
const language = document.documentElement.lang;
const socket = openSocket({ window, document });

// The picture first; whoever joins last hears what all others wait for.
const player = mountPlayer(root.querySelector("[data-player]"), { socket });
await turn();
mountShare(root, { document, navigator, stateOf: player.state });
mountLiveBadge(root, socket, { roomId });
mountLiveTab(socket, { roomId, document });
mountRoomState(root, socket, { roomId, document });
mountNext(socket, { roomId, refresh: refreshRegions, spread });
mountViewerCount(root, socket, { roomId, language });
mountRail(document, () => socket);
await turn();
joinWithChat(root.querySelector("[data-chat]"), { socket, document, location });
