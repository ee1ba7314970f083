/** Light or dark: what the reader chose, else what the system asks for. */

const KEY = "qadam.theme";
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const button = document.querySelector("[data-theme-toggle]");

show();
system.addEventListener("change", show);
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    root.dataset.theme = chosen;
    try { localStorage.setItem(KEY, chosen); } catch { /* a private window keeps nothing */ }
    show();
  });
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

function show() {
  root.toggleAttribute("data-dark", isDark());
  button?.setAttribute("aria-pressed", String(isDark()));
}
