/** What every page has: theme switch, toasts, dialogs, copy buttons, following, the search. */

import { mountCopyButtons } from "../components/copy.js";
import { mountDialogs } from "../components/dialog.js";
import { mountFollow } from "../components/follow.js";
import { mountNews } from "../components/news.js";
import { mountSearchBox } from "../components/search-box.js";
import { mountThemeSwitch } from "../components/theme.js";
import { mountToasts } from "../components/toast.js";
import { get, post } from "../core/api.js";

const announce = mountToasts(document);
mountThemeSwitch(document);
mountDialogs(document);
mountCopyButtons(document, { post, announce });
mountFollow(document, { post, announce });
mountNews(document, { window, announce, load: () => import("../core/socket.js") });
mountSearchBox(document, { ask: get, go: (url) => location.assign(url) });
