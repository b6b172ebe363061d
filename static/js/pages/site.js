/** What every page has: theme switch, toasts, dialogs, copy buttons. */

import { mountCopyButtons } from "../components/copy.js";
import { mountDialogs } from "../components/dialog.js";
import { mountThemeSwitch } from "../components/theme.js";
import { mountToasts } from "../components/toast.js";
import { post } from "../core/api.js";

const announce = mountToasts(document);
mountThemeSwitch(document);
mountDialogs(document);
mountCopyButtons(document, { post, announce });
