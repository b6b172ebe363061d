/** The API's documentation: Swagger UI (a classic script before this one), with this site's own ways to sign in. */

const root = document.querySelector("[data-schema]");
const { documentElement: page } = document;

// Swagger UI has a dark look of its own; the site's theme, or else the system's, decides.
const system = matchMedia("(prefers-color-scheme: dark)");
system.addEventListener("change", followTheme);
followTheme();

function followTheme() {
  const isDark = page.dataset.theme ? page.dataset.theme === "dark" : system.matches;
  page.classList.toggle("dark-mode", isDark);
}

globalThis.SwaggerUIBundle({
  url: root.dataset.schema,
  domNode: root,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  requestInterceptor(request) {
    const isOurs = new URL(request.url, location.href).origin === location.origin;
    if (isOurs && request.method !== "GET") request.headers["X-CSRFToken"] = root.dataset.csrfToken;
    return request;
  },
});
