// The map of areas. The drawing the server made stays until the map is up, and where it
// cannot be; the table beside it says the same.
import { made, withAreas } from "./maps.js";

// Lines that tile without a seam: one way for possible, both ways for clear.
function hatch(both, rgb) {
  const size = 16;
  const image = new ImageData(size, size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      if ((x + y) % 8 < 2 || (both && (x - y + size) % 8 < 2)) {
        image.data.set([...rgb, 255], (y * size + x) * 4);
      }
    }
  }
  return image;
}

const word = (value) => ["==", ["get", "certainty"], value];
const LAYERS = [
  { id: "fill", type: "fill", source: "areas", paint: { "fill-color": "#eef3f3" } },
  { id: "possible", type: "fill", source: "areas", filter: word("möjlig"),
    paint: { "fill-pattern": "possible" } },
  { id: "clear", type: "fill", source: "areas", filter: word("tydlig"),
    paint: { "fill-pattern": "clear" } },
  { id: "line", type: "line", source: "areas",
    paint: { "line-color": "#14202b", "line-width": ["case", ["boolean", ["feature-state", "chosen"], false], 4, 1] } },
];

function start(holder) {
  if (holder.dataset.started) return;
  holder.dataset.started = "true";
  const canvas = holder.querySelector("[data-map-canvas]");
  const drawing = holder.querySelector(".drawing");
  const status = holder.querySelector("[role=status]");
  canvas.hidden = false;
  const map = made(canvas);
  if (!map) return;
  map.on("load", async () => {
    map.addImage("clear", hatch(true, [138, 28, 59]), { pixelRatio: 2 });
    map.addImage("possible", hatch(false, [138, 90, 0]), { pixelRatio: 2 });
    try {
      await withAreas(map, holder.dataset.geojson, LAYERS);
    } catch {
      canvas.hidden = true;
      return;
    }
    if (drawing) drawing.hidden = true;
    let chosen = null;
    map.on("click", (event) => {
      const [hit] = map.queryRenderedFeatures(event.point, { layers: ["fill"] });
      if (chosen !== null) map.setFeatureState({ source: "areas", id: chosen }, { chosen: false });
      chosen = hit ? hit.id : null;
      if (hit) map.setFeatureState({ source: "areas", id: chosen }, { chosen: true });
      status.textContent = hit ? hit.properties.text : "";
    });
    holder.dataset.ready = "true";
  });
}

const startAll = () => document.querySelectorAll("[data-area-map]").forEach(start);
startAll();
document.addEventListener("htmx:afterSettle", startAll);
