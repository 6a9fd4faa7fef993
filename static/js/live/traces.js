// Sources, stimuli and outputs as lines, and one of them as sound.
import { Stage } from "../plot.js";
import { ownSpeed } from "../sound.js";
import { element, keys } from "./parts.js";

const colours = ["source1", "source2", "source3", "feedback"];

export default {
  id: "traces",
  title: "Sources, stimuli and outputs",
  column: 0,
  canvases: [{ id: "traces", label: "Traces of sources, stimuli and outputs", height: [296, 472] }],
  start: (panel, desk) => new Traces(panel, desk),
};

class Traces {
  constructor({ canvases, legend, foot }, { n, sound, send }) {
    this.stage = new Stage(canvases.traces);
    this.sound = sound;
    keys(legend, [...colours.slice(0, n).map((colour, i) => [colour, `source ${i + 1}`]), ["ink", "outputs"], ["stimulus", "stimuli"]]);
    const hear = element("select", { id: "hear" }, new Option("nothing", ""));
    for (const [signal, name] of [["s", "source"], ["x", "stimulus"], ["y", "output"]]) {
      for (let i = 0; i < n; i++) hear.append(new Option(`${name} ${i + 1}`, `${signal} ${i}`));
    }
    // Sounds are best at the signals' own speed, so choosing one asks for it.
    hear.addEventListener("change", () => {
      const [signal, column] = hear.value.split(" ");
      sound.choose(signal, Number(column));
      if (signal) send({ type: "speed", samples_per_second: ownSpeed });
    });
    this.pitch = element("output", { for: "hear", id: "hear-value" });
    foot.append(element("label", { for: "hear" }, "Hear"), hear, this.pitch);
  }

  state({ speed }) {
    this.pitch.textContent = this.sound.chosen && speed !== ownSpeed ? `${speed < ownSpeed ? "Deeper" : "Higher"} than at 8,000 samples/s.` : "";
  }

  draw({ n, rings: { s, x, y }, contexts, frozen }, from, to) {
    const { stage } = this;
    stage.begin(n + 1, from, to);
    stage.marks(contexts, frozen);
    stage.row(0, -1.2, 1.2, "stimuli", [-1, 0, 1]);
    for (let i = 0; x && i < n; i++) stage.line(x, i, { colour: stage.colours.stimulus, width: i ? 1 : 2, alpha: i ? 1 : 0.7, label: `x${i + 1}` });
    stage.names();
    for (let i = 0; i < n; i++) {
      stage.row(i + 1, -1.2, 1.2, `output ${i + 1}`, [-1, 0, 1]);
      if (!s) continue;
      stage.line(s, i, { colour: stage.source(i), width: 5, alpha: 0.45 });
      stage.line(y, i, { colour: stage.colours.ink, width: 1.25, label: `y${i + 1}` });
      stage.names();
    }
    stage.time();
  }
}
