/** What every page has: theme switch, toasts, dialogs, copy and follow buttons, search, a page for when there is no network. */

import { mountCopyButtons } from "../components/copy.js";
import { mountDialogs } from "../components/dialog.js";
import { mountFollow } from "../components/follow.js";
import { mountSearch } from "../components/search.js";
import { mountThemeSwitch } from "../components/theme.js";
import { mountToasts } from "../components/toast.js";
import { post } from "../core/api.js";
import { keepOfflinePage } from "../core/offline.js";

const announce = mountToasts(document);
mountThemeSwitch(document);
mountDialogs(document);
mountCopyButtons(document, { post, announce });
mountFollow(document, { post, announce });
mountSearch(document);
keepOfflinePage({ navigator, document });
