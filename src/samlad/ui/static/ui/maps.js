// What every map of ours shares: words, a quiet ground, outlines of areas, no turning.
import { LngLatBounds, Map, Marker, NavigationControl } from "../vendor/maplibre/maplibre-gl.mjs";

const SWEDISH = {
  "Map.Title": "Karta. Flytta med piltangenterna, zooma med plus och minus.",
  "NavigationControl.ZoomIn": "Zooma in",
  "NavigationControl.ZoomOut": "Zooma ut",
  "CooperativeGesturesHandler.WindowsHelpText": "Håll ned Ctrl och rulla för att zooma",
  "CooperativeGesturesHandler.MacHelpText": "Håll ned ⌘ och rulla för att zooma",
  "CooperativeGesturesHandler.MobileHelpText": "Flytta kartan med två fingrar",
};
export const GROUND = { id: "ground", type: "background", paint: { "background-color": "#f7f9f9" } };

export function extent(geometry, bounds = new LngLatBounds()) {
  const walk = (c) => (typeof c[0] === "number" ? bounds.extend(c) : c.forEach(walk));
  walk(geometry.coordinates);
  return bounds;
}

// A map in `canvas`, or null where there can be none: then the list says it all.
export function made(canvas) {
  let map;
  try {
    map = new Map({
      container: canvas,
      style: { version: 8, sources: {}, layers: [GROUND] },
      center: [15.5, 62], zoom: 4, minZoom: 2, maxZoom: 17,
      locale: document.documentElement.lang === "sv" ? SWEDISH : {},
      attributionControl: false, cooperativeGestures: true,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, renderWorldCopies: false,
    });
  } catch {
    canvas.hidden = true;
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  return map;
}

// The areas' features; the map shows all of them.
export async function withAreas(map, address, layers) {
  const url = new URL(address, document.baseURI).href;
  map.addSource("areas", { type: "geojson", data: url, promoteId: "id" });
  layers.forEach((layer) => map.addLayer(layer));
  const { features } = await map.getSource("areas").getData();
  const all = new LngLatBounds();
  features.forEach((feature) => extent(feature.geometry, all));
  if (!all.isEmpty()) map.fitBounds(all, { padding: 20, animate: false });
  return features;
}

// The names of the smallest areas, where they lie.
export function named(map, features) {
  features.filter((feature) => feature.properties.leaf).forEach((feature) => {
    const name = document.createElement("span");
    name.className = "map-name";
    name.setAttribute("aria-hidden", "true");
    name.textContent = feature.properties.name;
    new Marker({ element: name }).setLngLat(extent(feature.geometry).getCenter()).addTo(map);
  });
}

export const OUTLINES = [
  { id: "fill", type: "fill", source: "areas", paint: { "fill-color": "#eef3f3" } },
  { id: "line", type: "line", source: "areas", paint: { "line-color": "#6b7781", "line-width": 1 } },
];
