/** The form of filters: each change is a question; back and forward ask the earlier ones again. */

import { addressOf, fillForm } from "./live.js";

const TYPING_MS = 350;
const SMALL = matchMedia("(max-width: 760px)");

export const form = document.getElementById("filters");

/** Call `show(address)` for every question that the form, a link or the history asks. */
export function watch(show) {
  let timer;
  const ask = () => { clearTimeout(timer); go(addressOf(form)); };
  const go = (address) => { history.pushState(null, "", address); show(address); };

  form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  form.addEventListener("input", ({ target }) => {
    if (!["text", "search"].includes(target.type)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, TYPING_MS);
  });
  // Also of fields that stand elsewhere and belong to the form.
  document.addEventListener("change", ({ target }) => {
    if (target.form === form && target.name && new URL(addressOf(form), location.href).href !== location.href.split("#")[0]) ask();
  });
  addEventListener("popstate", () => { fillForm(form, location.href); show(location.href); });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-live-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    fillForm(form, link.href);
    go(link.href);
  });
}

const names = form.querySelector(".names-toggle");
names.hidden = false;
// A finger has no hover that would tell a glyph's name.
names.closest(".sectors").classList.toggle("is-named", SMALL.matches);
names.addEventListener("click", () => {
  const on = names.closest(".sectors").classList.toggle("is-named");
  names.setAttribute("aria-pressed", String(on));
});

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
}
