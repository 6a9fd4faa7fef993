// The controls of the stage: what they do, and how they show what the simulation says.
import { count } from "../format.js";
import { choices, opposite } from "../sound.js";
import { Square, allowed } from "../square.js";
import { drawn, paces } from "./path.js";

const speeds = [20, 50, 100, 200, 500, 1000, 2000, 4000, 8000, 16000]; // samples a second
const noises = [0, 0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5]; // sd
const spans = [200, 500, 1000, 1500, 2000, 4000, 8000, 16000]; // samples of the window
const nearest = 0.05; // to the diagonal that a context can be

const $ = (id) => document.getElementById(id);

export class Controls {
  constructor(desk) {
    this.desk = desk;
    this.transport();
    this.context();
    this.sliders();
    this.time();
    this.hearing();
  }

  transport() {
    const { desk } = this;
    const click = (id, act) => $(id).addEventListener("click", act);
    click("play", () => desk.play());
    click("next", () => desk.next());
    click("freeze", () => desk.freeze());
    click("undo", () => desk.undo(false));
    click("redo", () => desk.undo(true));
    click("step", () => desk.step({ samples: 1 }));
    click("step-10", () => desk.step({ samples: 10 }));
    click("step-context", () => desk.step({ to: "context" }));
    click("reset", () => desk.seed(Number($("seed").value)));
    click("new-seed", () => desk.seed(Math.floor(Math.random() * 1e6)));
    $("seed").addEventListener("keydown", (event) => event.key === "Enter" && desk.seed(Number($("seed").value)));
    $("twin").addEventListener("change", () => desk.actions.act($("twin").value ? "Twin begins" : "Twin ends", { twin: $("twin").value }));
  }

  context() {
    const { desk } = this;
    if (!$("square")) return;
    this.square = new Square($("square"), {
      threshold: desk.threshold, nearest,
      moved: (a, b) => {
        desk.dropped = false;
        $("context-a").value = a;
        $("context-b").value = b;
        desk.place(a, b);
      },
      released: () => desk.drop(),
      drew: (places) => desk.draw(drawn(places, (a, b) => allowed(a, b, nearest))),
    });
    this.path();
    for (const id of ["context-a", "context-b"]) {
      $(id).addEventListener("change", () => {
        this.square.move(Number($("context-a").value), Number($("context-b").value));
        desk.drop();
      });
    }
    for (const name of ["A", "B"]) $(`kept-${name.toLowerCase()}`).addEventListener("click", (event) => (event.shiftKey ? desk.keep(name) : desk.recall(name)));
  }

  // path is the box in which a path of contexts is made.
  path() {
    const { desk } = this, box = $("path-box");
    const chosen = (id, act) => $(id).addEventListener("click", () => {
      act();
      box.hidePopover();
    });
    chosen("path-draw", () => {
      desk.pencil(!desk.drawing);
      this.draw();
    });
    chosen("path-go", () => desk.along());
    chosen("path-clear", () => desk.clearPath());
    $("path-add").addEventListener("click", () => desk.extend());
    box.addEventListener("toggle", ({ newState }) => {
      if (newState !== "open") return;
      const { left, bottom } = $("path").getBoundingClientRect();
      box.style.left = `${Math.max(8, Math.min(left, innerWidth - box.offsetWidth - 8))}px`;
      box.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - box.offsetHeight - 8))}px`;
    });
    $("pace").append(...paces.map((n) => new Option(`in ${count(n)} samples`, n)));
    $("pace").value = desk.pace;
    $("pace").addEventListener("change", () => {
      desk.pace = Number($("pace").value);
      desk.remember();
    });
  }

  sliders() {
    const { desk } = this;
    $("speed").addEventListener("input", (event) => desk.send({ type: "speed", samples_per_second: this.speeds[event.target.value] }));
    $("noise").addEventListener("input", (event) => desk.actions.act(`Noise ${noises[event.target.value]} sd`, { noise: noises[event.target.value] }, "noise"));
    $("hold").addEventListener("input", (event) => desk.actions.act(`Feedback ${event.target.value} % frozen`, { hold: event.target.value / 100 }, "hold"));
    for (const id of ["noise", "hold"]) $(id).addEventListener("change", () => desk.actions.release());
  }

  time() {
    const { desk } = this;
    const by = (steps) => {
      const away = spans.map((v) => Math.abs(v - desk.view.span));
      desk.zoom(spans[Math.max(0, Math.min(spans.length - 1, away.indexOf(Math.min(...away)) + steps))]);
      this.window();
    };
    this.zoom = by;
    $("zoom-in").addEventListener("click", () => by(-1));
    $("zoom-out").addEventListener("click", () => by(1));
    $("hold-mode").addEventListener("click", () => this.mode("hold"));
    $("follow-mode").addEventListener("click", () => this.mode("follow"));
    $("now").addEventListener("click", () => desk.view.scrub(null));
    this.window();
  }

  mode(mode) {
    this.desk.mode(mode);
    this.window();
  }

  window() {
    const { view } = this.desk;
    $("span-value").textContent = `${count(view.span)} samples`;
    $("hold-mode").setAttribute("aria-pressed", String(view.mode === "hold"));
    $("follow-mode").setAttribute("aria-pressed", String(view.mode === "follow"));
  }

  hearing() {
    const { desk } = this;
    $("hear").append(...choices(desk.n).map(([id, words]) => new Option(words, id)));
    $("hear").addEventListener("change", () => desk.hear($("hear").value));
    $("mute").addEventListener("click", () => this.mute());
    $("volume").addEventListener("input", (event) => desk.sound.loudness(event.target.value / 100));
  }

  mute() {
    const { sound } = this.desk;
    sound.mute(!sound.muted);
    $("mute").setAttribute("aria-pressed", String(sound.muted));
  }

  // compare changes between a mixture and the output at the same phase.
  compare() {
    const { desk } = this;
    const id = desk.sound.chosen ? opposite(desk.sound.id) : "y1";
    $("hear").value = id;
    desk.hear(id);
    desk.say(`Heard: ${$("hear").selectedOptions[0].textContent}.`);
  }

  // session shows what this simulation can do.
  session() {
    this.speeds = speeds.filter((v) => v >= this.desk.speeds[0] && v <= this.desk.speeds[1]);
    $("speed").max = this.speeds.length - 1;
    $("twin").querySelector('[value="ideal"]').hidden = !this.desk.can.ideal;
  }

  show(settings, message) {
    const { hold, noise, speed, seed, twin, context } = settings;
    $("play").textContent = message.playing ? "Pause" : "Play";
    $("freeze").textContent = hold ? "Release feedback" : "Freeze feedback";
    $("freeze").setAttribute("aria-pressed", String(hold > 0));
    $("hold-value").textContent = `${Math.round(100 * hold)} %`;
    document.getElementById("stage").classList.toggle("frozen", hold > 0);
    const active = document.activeElement;
    if (active !== $("hold")) $("hold").value = Math.round(100 * hold);
    if (active !== $("seed")) $("seed").value = seed;
    if (active !== $("twin")) $("twin").value = twin;
    slider("speed", this.speeds, speed, `${count(speed)} samples/s`);
    slider("noise", noises, noise, `${noise} sd`);
    if (!this.square || !context) return;
    this.square.show(...context, { kept: settings.kept, path: settings.path, frozen: hold > 0 });
    if (!active?.matches(".pair input")) {
      $("context-a").value = context[0].toFixed(2);
      $("context-b").value = context[1].toFixed(2);
    }
  }

  // undoing shows what would be undone and done again.
  undoing() {
    const { done, undone } = this.desk.actions;
    for (const [id, list, words] of [["undo", done, "Undo"], ["redo", undone, "Redo"]]) {
      $(id).disabled = list.length === 0;
      $(id).title = list.length ? `${words}: ${list.at(-1).words}` : "";
    }
  }

  // draw shows what the page alone knows: kept contexts and the path.
  draw() {
    const { square, desk: { drawing, own, settings } } = this;
    if (!square || !settings?.context || (drawing === this.drawing && own === this.own)) return;
    Object.assign(this, { drawing, own });
    square.pencil(drawing);
    square.show(...settings.context, { ...own, frozen: settings.hold > 0 });
    $("path-draw").setAttribute("aria-pressed", String(drawing));
    for (const id of ["path-go", "path-clear"]) $(id).disabled = own.path.length === 0;
  }

  tell({ scrubbed }) {
    $("now").disabled = !scrubbed;
  }
}

function slider(id, values, value, words) {
  const input = $(id);
  const away = values.map((v) => Math.abs(Math.log((v + 1e-4) / (value + 1e-4))));
  if (document.activeElement !== input) input.value = away.indexOf(Math.min(...away));
  input.setAttribute("aria-valuetext", words);
  $(`${id}-value`).textContent = words;
}
