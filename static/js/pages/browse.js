/** Browsing: the list goes on by itself. */

import { mountMore } from "../components/more.js";
import { openSocket } from "../core/socket.js";
import { mountRail } from "../rooms/rail.js";

mountMore(document, { fetch: (...args) => fetch(...args) });
mountRail(document, () => openSocket({ window, document }));
