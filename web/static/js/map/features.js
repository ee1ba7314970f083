/** Records on the map: one drawer a collection, fed from an address of ours or from data in the page. */

import { corridors } from "./corridors.js";
import { deposits } from "./deposits.js";
import { links } from "./links.js";
import { projects } from "./projects.js";
import { register, say } from "./state.js";

const DRAWERS = { projects, deposits, corridors, links };

export default async function features(map, settings) {
  const drawer = DRAWERS[settings.collection](map, settings);
  const layer = {
    id: settings.collection,
    title: settings.title,
    group: drawer.group,
    features: [],
    highlight: drawer.highlight,
    find: drawer.find,
    async refresh(query) {
      if (!settings.url) return;
      const answer = await fetch(`${settings.url}?${shared(query, settings.shares)}`);
      if (!answer.ok) throw new Error(`${settings.url} answered ${answer.status}`);
      show((await answer.json()).features);
    },
  };
  function show(found) {
    layer.features = found;
    drawer.draw(found);
    say(map, "qadam:drawn", { collection: layer.id });
  }
  map.addLayer(drawer.group);
  if (settings.collection !== "links") register(map, layer);
  if (settings.data) show(settings.data.features);
  else await layer.refresh(new URLSearchParams(settings.query));
}

/** The filters that a collection has in common with the page. */
function shared(query, names) {
  const pairs = [...query].filter(([name, value]) => value && (names === null || names.includes(name)));
  return new URLSearchParams(pairs.filter(([name]) => !["limit", "offset", "sortby"].includes(name)));
}
