/** A cluster: how many projects, in a ring of their families' shares. */

import { svg } from "../dom.js";

const RING = 4;

export function clusterIcon(cluster) {
  const marks = cluster.getAllChildMarkers();
  const size = marks.length < 10 ? 36 : marks.length < 100 ? 44 : 52;
  const families = new Map();
  for (const mark of marks) families.set(mark.options.family, (families.get(mark.options.family) ?? 0) + 1);
  const icon = L.divIcon({ className: "cluster", html: ring(size, marks.length, families), iconSize: [size, size] });
  const create = icon.createIcon.bind(icon);
  icon.createIcon = (old) => {
    const element = create(old);
    element.setAttribute("role", "button");
    element.setAttribute("aria-label", `${marks.length} projects here; zoom in`);
    return element;
  };
  return icon;
}

function ring(size, count, families) {
  const radius = (size - RING) / 2 - 1;
  const around = 2 * Math.PI * radius;
  let start = 0;
  const arcs = [...families].sort((a, b) => b[1] - a[1]).map(([family, n]) => {
    const share = (n / count) * around;
    const gap = families.size > 1 ? 1.5 : 0;
    const arc = svg("circle", {
      class: `cluster-arc family-${family}`, r: radius, cx: size / 2, cy: size / 2, fill: "none",
      "stroke-width": RING, "stroke-dasharray": `${Math.max(share - gap, 0.5)} ${around}`,
      "stroke-dashoffset": -start, transform: `rotate(-90 ${size / 2} ${size / 2})`,
    });
    start += share;
    return arc;
  });
  return svg("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" },
    svg("circle", { class: "cluster-plate", r: size / 2 - 1, cx: size / 2, cy: size / 2 }),
    ...arcs,
    svg("text", { class: "cluster-count", x: "50%", y: "50%", dy: "0.36em", "text-anchor": "middle" }, String(count)),
  );
}
