// The map of incidents: the server gathers them in squares, and only what is in view is asked for.
import { Marker } from "../vendor/maplibre/maplibre-gl.mjs";
import { OUTLINES, made, named, withAreas } from "./maps.js";

const sizeOf = (number) => (number < 10 ? "s" : number < 100 ? "m" : number < 1000 ? "l" : "xl");

function mark(cell, holder, map) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "map-number";
  button.dataset.size = sizeOf(cell.number);
  button.textContent = cell.number.toLocaleString("sv");
  const word = cell.number === 1 ? holder.dataset.one : holder.dataset.many;
  button.setAttribute("aria-label", `${cell.number} ${word}`);
  button.addEventListener("click", () => {
    map.easeTo({ center: [cell.longitude, cell.latitude], zoom: map.getZoom() + 2 });
  });
  return new Marker({ element: button }).setLngLat([cell.longitude, cell.latitude]).addTo(map);
}

function start(holder) {
  if (holder.dataset.started) return;
  holder.dataset.started = "true";
  const map = made(holder.querySelector("[data-map-canvas]"));
  if (!map) return;
  let shown = [];
  let asked = 0;
  async function show() {
    asked += 1;
    const mine = asked;
    const box = map.getBounds();
    const url = new URL(holder.dataset.cells, document.baseURI);
    const sides = { west: box.getWest(), south: box.getSouth(), east: box.getEast(), north: box.getNorth() };
    for (const [side, value] of Object.entries(sides)) url.searchParams.set(side, value.toFixed(6));
    url.searchParams.set("zoom", map.getZoom().toFixed(2));
    const answer = await fetch(url);
    if (!answer.ok || mine !== asked || !holder.isConnected) return;
    const { cells } = await answer.json();
    shown.forEach((one) => one.remove());
    shown = cells.map((cell) => mark(cell, holder, map));
    holder.dataset.sum = cells.reduce((sum, cell) => sum + cell.number, 0);
    holder.dataset.ready = "true";
  }
  map.on("load", async () => {
    try {
      named(map, await withAreas(map, holder.dataset.geojson, OUTLINES));
    } catch {
      // without outlines the numbers still stand where they are
    }
    map.on("moveend", show);
    show();
  });
}

const startAll = () => document.querySelectorAll("[data-incident-map]").forEach(start);
startAll();
document.addEventListener("htmx:afterSettle", startAll);
