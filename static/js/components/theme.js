/** The theme switch: at once, kept in the cookie that the server reads, and with the account. */

const YEAR = 365 * 24 * 3600;

/** Bring the `[data-theme-form]` in `root` to life. */
export function mountThemeSwitch(root, page = document.documentElement) {
  const form = root.querySelector("[data-theme-form]");
  form?.addEventListener("submit", (submit) => {
    submit.preventDefault();
    const theme = submit.submitter?.value ?? "system";
    apply(theme, page);
    keep(theme);
    // With an account it goes wherever its owner does.
    if ("themeAccount" in form.dataset) send(form, theme);
    for (const button of form.querySelectorAll("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    form.closest("[popover]")?.hidePopover();
  });
}

function apply(theme, page) {
  const chosen = theme === "system" ? "" : theme;
  if (chosen) page.dataset.theme = chosen;
  else delete page.dataset.theme;
  const scheme = document.querySelector('meta[name="color-scheme"]');
  if (scheme) scheme.content = chosen || "light dark";
}

function keep(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  const age = theme === "system" ? 0 : YEAR;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
}

function send(form, theme) {
  const body = new FormData(form);
  body.set("theme", theme);
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
}
