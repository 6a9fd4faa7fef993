// How the lab is, on pages where it matters: asked now and then while one looks.
import { get } from "./api.js";

const every = 5000; // ms
const place = document.getElementById("health");
const words = place.querySelector("p");

async function ask() {
  if (document.visibilityState === "visible") {
    try {
      await get("/healthz");
      show("");
    } catch (problem) {
      show(problem.message);
    }
  }
  setTimeout(ask, every);
}

function show(trouble) {
  place.hidden = !trouble;
  if (trouble && words.textContent !== trouble) words.textContent = trouble;
}

setTimeout(ask, every);
