/** Signing up and in: no double sending, the focus where something is wrong, waiting counted down. */

const form = document.querySelector("[data-account-form]");
form.addEventListener("submit", () => {
  const button = form.querySelector("button");
  // After the browser has taken the form's data.
  setTimeout(() => button.setAttribute("disabled", ""));
  addEventListener("pageshow", () => button.removeAttribute("disabled"), { once: true });
});

const first = form.querySelector('[aria-invalid="true"]') ?? form.querySelector("input:not([type=hidden])");
if (!matchMedia("(pointer: coarse)").matches || first?.matches("[aria-invalid]")) first?.focus();

const wait = document.querySelector("[data-wait]");
if (wait) {
  const until = performance.now() + Number(wait.dataset.wait) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    wait.textContent = wait.dataset.waitText.replace("{seconds}", String(Math.max(left, 0)));
    if (left <= 0) {
      clearInterval(timer);
      wait.closest(".notice").hidden = true;
    }
  }, 1000);
}
