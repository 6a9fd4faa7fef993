// The weights from stimuli to outputs, and the inverse of the context that they should be.
import { Stage } from "../plot.js";
import { keys } from "./parts.js";

export default {
  id: "weights",
  title: "Weights against the inverse of the context",
  column: 1,
  canvases: [{ id: "weights", label: "Trace of the weights against the inverse of the context", height: [184, 312] }],
  start({ canvases, legend }) {
    const stage = new Stage(canvases.weights);
    return {
      open({ fitted }) {
        keys(legend, [["ink", fitted ? "weights, fitted to the last 100 samples or so" : "weights"], ["muted", "inverse of the context", true]]);
      },
      draw({ n, rings: { w }, contexts, frozen }, from, to) {
        stage.begin(1, from, to);
        stage.marks(contexts, frozen);
        const shown = contexts.filter((k) => k.to > from && k.from < to);
        const reach = Math.min(12, Math.max(2, ...shown.flatMap((k) => k.inverse.map(Math.abs))) * 1.25);
        const tick = reach > 8 ? 5 : reach > 3 ? 2 : 1;
        stage.row(0, -reach, reach, "weight", [-2, -1, 0, 1, 2].map((i) => i * tick).filter((v) => Math.abs(v) < reach));
        for (const k of shown) {
          for (const [c, v] of k.inverse.entries()) stage.level(v, k.from, k.to, stage.source(c));
        }
        for (let c = 0; w && c < w.columns; c++) stage.line(w, c, { colour: stage.source(c), label: `w${Math.floor(c / n) + 1}${(c % n) + 1}` });
        stage.names();
        stage.time();
      },
    };
  },
};
