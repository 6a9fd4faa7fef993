// On every page: the switch between light and dark, words that are explained, and whether
// the lab is there.
import { dark } from "./palette.js";
import { watchLab } from "./presence.js";
import { explainTerms } from "./terms.js";

const button = document.getElementById("theme");

function show() {
  button.textContent = dark() ? "Light" : "Dark";
  button.setAttribute("aria-label", dark() ? "Use light colours" : "Use dark colours");
  document.dispatchEvent(new CustomEvent("lab:theme"));
}

button.hidden = false;
button.addEventListener("click", () => {
  const theme = dark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // the choice lasts as long as the page
  }
  show();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
show();
explainTerms();
watchLab();
