// A figure in a file of its own: the data stand in the page.
import { showFigure } from "./panels.js";

showFigure(JSON.parse(document.getElementById("figure-data").textContent));
