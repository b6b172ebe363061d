/** What every page has: theme switch, toasts, dialogs, copy buttons, following, reporting, the search, a page for when there is no network. */

import { mountCopyButtons } from "../components/copy.js";
import { mountDialogs } from "../components/dialog.js";
import { mountFollow } from "../components/follow.js";
import { mountNews } from "../components/news.js";
import { mountOffline } from "../components/offline.js";
import { mountSearchBox } from "../components/search-box.js";
import { mountThemeSwitch } from "../components/theme.js";
import { mountToasts } from "../components/toast.js";
import { get, post } from "../core/api.js";
import { mountReport } from "../rooms/report.js";

const announce = mountToasts(document);
mountThemeSwitch(document);
mountDialogs(document);
mountCopyButtons(document, { post, announce });
mountFollow(document, { post, announce });
mountNews(document, { window, announce, load: () => import("../core/socket.js") });
mountReport(document, { post, announce });
mountOffline({ window, navigator });
mountSearchBox(document, { ask: get, go: (url) => location.assign(url) });
