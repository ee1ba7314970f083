/** What every mark on the map does: say its name, open its card, light up with its row in the list. */

import { el } from "../dom.js";
import { say } from "./state.js";

/** Tooltip, click and hover of one record's layer. `lines` are shown under the name. */
export function act(map, layer, feature, lines) {
  const { id, properties } = feature;
  const detail = { collection: properties.collection, ref: id };
  layer.bindTooltip(() => tip(properties.name, lines), { direction: "top", className: "tip", opacity: 1 });
  layer.on("click", () => say(map, "qadam:open", detail));
  layer.on("mouseover", () => say(map, "qadam:hover", { ...detail, on: true }));
  layer.on("mouseout", () => say(map, "qadam:hover", { ...detail, on: false }));
}

/** A mark that can be reached and pressed by keyboard. */
export function name(marker, text) {
  marker.on("add", () => {
    const element = marker.getElement();
    if (!element) return;
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", text);
  });
}

function tip(title, lines) {
  return el("div", {}, el("strong", {}, title), ...lines.filter(Boolean).map((line) => el("span", {}, line)));
}
