// How far the outputs are from the sources.
import { Stage } from "../plot.js";

export default {
  id: "error",
  title: "Error",
  column: 0,
  canvases: [{ id: "error", label: "Trace of the error", height: [96, 144] }],
  start({ canvases, legend }) {
    const stage = new Stage(canvases.error);
    legend.textContent = "‖s − y‖, mean over 20 samples, logarithmic";
    return {
      draw({ rings, contexts, frozen }, from, to) {
        stage.begin(1, from, to);
        stage.marks(contexts, frozen);
        stage.row(0, -2.5, 0.5, "‖s − y‖", [[-2, "0.01"], [-1, "0.1"], [0, "1"]]);
        stage.line(rings.error, 0, { colour: stage.colours.error, map: (v) => Math.log10(Math.max(v, 1e-3)) });
        stage.time();
      },
    };
  },
};
