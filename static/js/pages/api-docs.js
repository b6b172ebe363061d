/** The API's documentation: Swagger UI (a classic script before this one), with this site's own ways to sign in. */

const root = document.querySelector("[data-schema]");

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
