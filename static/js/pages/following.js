/** Whom the reader follows: who goes live comes to the top by itself. */

import { openSocket } from "../core/socket.js";
import { mountLiveLists } from "../rooms/live-lists.js";

// The rail is a region of this page, too.
mountLiveLists(openSocket({ window, document }));
