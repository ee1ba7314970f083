/** Asking the server: an answer that never comes is said once, and is no error while the page is left. */

import { el } from "./dom.js";

let leaving = false;
for (const name of ["beforeunload", "pagehide"]) addEventListener(name, () => { leaving = true; });
// Whoever is asked whether to leave and stays, stays.
for (const name of ["pageshow", "pointerdown", "keydown"]) addEventListener(name, () => { leaving = false; });

/** The server's response, whatever its status; null where there is none. */
export async function ask(url, options) {
  try {
    const answer = await fetch(url, options);
    document.getElementById("offline")?.remove();
    return answer;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    if (!leaving) tell();
    return null;
  }
}

/** The JSON of an answer; null where there is none. */
export async function askJson(url, options) {
  const answer = await ask(url, options);
  return answer?.ok ? answer.json().catch(() => null) : null;
}

function tell() {
  if (document.getElementById("offline")) return;
  document.body.append(el("p", { id: "offline", class: "notice notice-warn toast", role: "alert" },
    "Qadam does not answer. What you see is what it said last; try again when it runs."));
}
