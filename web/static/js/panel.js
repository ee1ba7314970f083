/** The panel: folded away on a wide screen, drawn up from below on a phone. */

const frame = document.querySelector(".explore");
const panel = frame.querySelector(".panel");
const handle = panel.querySelector(".panel-handle");
const summary = panel.querySelector(".summary");
const fold = frame.querySelector(".panel-fold");
const phone = matchMedia("(max-width: 760px)");
const STATES = ["peek", "half", "full"];

fold.addEventListener("click", () => {
  const folded = frame.classList.toggle("is-folded");
  fold.setAttribute("aria-pressed", String(folded));
  const words = folded ? "Show the panel" : "Hide the panel";
  fold.setAttribute("aria-label", words);
  fold.title = words;
  window.dispatchEvent(new Event("resize"));
});

new ResizeObserver(() => {
  // On a wide screen these are not shown and nothing is covered.
  frame.style.setProperty("--peek", `${handle.offsetHeight + summary.offsetHeight + views.offsetHeight - 6}px`);
}).observe(summary);

handle.addEventListener("click", () => set(frame.dataset.sheet === "peek" ? "half" : "peek"));
for (const grip of [handle, summary]) grip.addEventListener("pointerdown", drag);

// On a phone the panel shows the list or the filters; a wide one has room for both.
const views = panel.querySelector(".views");
views.hidden = false;
for (const button of views.children) {
  button.addEventListener("click", () => {
    frame.dataset.view = button.dataset.view;
    for (const one of views.children) one.setAttribute("aria-pressed", String(one === button));
    panel.querySelector(".panel-body").scrollTop = 0;
    if (frame.dataset.sheet === "peek") set("half");
  });
}

/** Bring the panel to a height: peek, half or full. */
export function set(state) {
  frame.dataset.sheet = state;
  handle.setAttribute("aria-expanded", String(state !== "peek"));
  handle.setAttribute("aria-label", state === "peek" ? "Show filters and list" : "Hide filters and list");
}

export const isPhone = () => phone.matches;

function drag(start) {
  if (!phone.matches || start.target.closest("a, summary, .menu-body")) return;
  let moved = 0;
  const move = (event) => { moved = event.clientY - start.clientY; };
  const end = () => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    if (Math.abs(moved) < 24) return;
    const at = STATES.indexOf(frame.dataset.sheet) + (moved < 0 ? 1 : -1);
    set(STATES[Math.min(Math.max(at, 0), 2)]);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
}
