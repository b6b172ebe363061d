/** Browsing: the list goes on by itself. */

import { mountMore } from "../components/more.js";

mountMore(document, { fetch: (...args) => fetch(...args) });
