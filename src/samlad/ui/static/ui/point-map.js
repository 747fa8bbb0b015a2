// Pointing out one place: by pressing on the map, or with the keyboard by taking its middle.
import { Marker } from "../vendor/maplibre/maplibre-gl.mjs";
import { OUTLINES, made, named, withAreas } from "./maps.js";

function start(holder) {
  const [latitude, longitude] = ["latitude", "longitude"].map((name) =>
    holder.querySelector(`[name=${name}]`),
  );
  const status = holder.querySelector("[role=status]");
  const map = made(holder.querySelector("[data-map-canvas]"));
  if (!map) return;
  const marker = new Marker({ color: "#8a1c3b" });
  const choose = (point) => {
    latitude.value = point ? point.lat.toFixed(6) : "";
    longitude.value = point ? point.lng.toFixed(6) : "";
    if (point) marker.setLngLat(point).addTo(map);
    else marker.remove();
    status.textContent = point ? holder.dataset.chosen : holder.dataset.none;
    if (point) holder.dispatchEvent(new Event("chosen", { bubbles: true }));
  };
  map.on("click", (event) => choose(event.lngLat));
  holder.querySelector("[data-take-middle]").addEventListener("click", () => choose(map.getCenter()));
  holder.querySelector("[data-take-none]").addEventListener("click", () => choose(null));
  map.on("load", async () => {
    await withAreas(map, holder.dataset.geojson, OUTLINES).then(
      (features) => named(map, features),
      () => {},
    );
    if (latitude.value && longitude.value) {
      choose({ lat: Number(latitude.value), lng: Number(longitude.value) });
    }
    holder.dataset.ready = "true";
  });
}

document.querySelectorAll("[data-point-map]").forEach((holder) => {
  const details = holder.closest("details");
  const once = () => details.open && !holder.dataset.started && (holder.dataset.started = "true") && start(holder);
  details.addEventListener("toggle", once);
  once();
});

// Cost and owner are asked for where something was damaged.
document.querySelectorAll("[data-damage]").forEach((fields) => {
  const kinds = fields.dataset.damage.split(" ");
  const category = fields.closest("form").querySelector("[name=category]");
  const show = () => {
    const damage = kinds.includes(category.value);
    fields.hidden = !damage;
    if (damage) fields.closest("details").open = true;
  };
  category.addEventListener("change", show);
  show();
});
