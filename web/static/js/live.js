/** One address, shown in place: the parts marked data-live are swapped for the server's new ones. */

import { ask } from "./net.js";

let turn = 0;

/** Fetch an address of this page and swap its parts; gives the page's document, or null where overtaken. */
export async function load(address) {
  const mine = ++turn;
  document.body.classList.add("is-loading");
  try {
    const answer = await ask(address, { headers: { Accept: "text/html" } });
    if (!answer) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== turn) return null;
    if (answer.ok) swap(page);
    else say(page);
    return answer.ok ? page : null;
  } finally {
    if (mine === turn) document.body.classList.remove("is-loading");
  }
}

function swap(page) {
  document.getElementById("live-fault")?.remove();
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (fresh && part.innerHTML !== fresh.innerHTML) part.replaceChildren(...fresh.childNodes);
  }
}

/** What was wrong with the question, in the server's words. */
function say(page) {
  document.getElementById("live-fault")?.remove();
  const box = document.createElement("div");
  box.id = "live-fault";
  box.className = "notice notice-fault";
  box.setAttribute("role", "alert");
  box.append(...[...page.querySelectorAll(".fault-sentence")].map((one) => {
    const line = document.createElement("p");
    line.textContent = one.textContent;
    return line;
  }));
  document.getElementById("filters").prepend(box);
}

/** The question of a form as an address, without what is left open. */
export function addressOf(form) {
  const pairs = [...new FormData(form)].filter(([, value]) => value.trim());
  const query = new URLSearchParams(pairs).toString().replaceAll("%2C", ",");
  return query ? `${form.action}?${query}` : form.action;
}

/** Bring a form to what an address says: after going back, or a link that changes the question. */
export function fillForm(form, address) {
  const query = new URL(address, location.href).searchParams;
  for (const field of form.elements) {
    if (!field.name) continue;
    const values = query.getAll(field.name).flatMap((text) => (field.type === "checkbox" ? text.split(",") : [text]));
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else field.value = values.join(",");
  }
}
