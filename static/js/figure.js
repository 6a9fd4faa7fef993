// One figure of one model: asks the lab to compute it and shows its panels.
import { get } from "./api.js";
import { explainIn } from "./explain.js";
import { duration } from "./format.js";
import { showFigure } from "./panels.js";

const start = JSON.parse(document.getElementById("figure-data").textContent);
const $ = (id) => document.getElementById(id);
const address = `/api/models/${start.model}/figures/${start.figure}`;

function working(on) {
  clearInterval(working.timer);
  $("working").hidden = !on;
  $("verdict").hidden = on;
  if (!on) return;
  const began = performance.now();
  $("working-text").textContent = "Computing …";
  working.timer = setInterval(() => {
    const seconds = (performance.now() - began) / 1000;
    if (seconds >= 2) $("working-text").textContent = `Computing for ${duration(seconds)}; the lab plays the model and analyses what it does.`;
  }, 1000);
}

function fail(error) {
  $("results").hidden = true;
  $("verdict").hidden = true;
  $("failure").hidden = false;
  $("failure-text").textContent = error.message;
  for (const { field, message } of error.fields || []) {
    const place = $(`error-param-${field}`);
    if (!place) continue;
    place.textContent = message;
    $(`param-${field}`).setAttribute("aria-invalid", "true");
    place.closest(".field").classList.add("wrong");
  }
}

async function compute() {
  $("failure").hidden = true;
  $("results").hidden = false;
  working(true);
  try {
    const figure = await get(address + start.query);
    working(false);
    $("verdict").textContent = figure.see;
    showFigure(figure);
    explainIn(document.getElementById("content"), ".verdict-of-figure, .figure-panels h3, .figure-panels .see");
    $("results").removeAttribute("aria-busy");
    for (const [name, value] of Object.entries(figure.params || {})) {
      const input = $(`param-${name}`);
      if (!input) continue;
      input.placeholder = String(value);
      const typed = input.value !== input.defaultValue; // while the figure was computed
      if (!typed && typeof value === "number" && Number(input.value) !== value) input.value = ""; // 0 contexts are half of them
    }
  } catch (error) {
    working(false);
    fail(error);
  }
}

// An address with empty parameters says nothing that the bare one does not.
$("parameters")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const query = new URLSearchParams([...new FormData(event.target)].filter(([, v]) => v.trim() !== "")).toString();
  location.assign(location.pathname + (query ? `?${query}` : ""));
});

if ($("panels")) {
  $("retry").addEventListener("click", compute);
  compute();
}
