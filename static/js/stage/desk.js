// The desk is what the stage's parts act by: the simulation's settings as it last said
// them, what has come of it, and everything that somebody can do.
import { count } from "../format.js";
import { Sound, ownSpeed } from "../sound.js";
import { Actions } from "./actions.js";
import { History } from "./history.js";
import { course, extended } from "./path.js";
import { address, same, settingsOf } from "./scene.js";
import { View } from "./view.js";

const rememberAfter = 400; // ms
const placesEvery = 33; // ms between two places of a drag
const firstKept = { A: [0.85, 0.25], B: [0.25, 0.8] };

export class Desk {
  // start is what the page was given, scene what its address says; moved() is called when
  // what somebody does has changed the settings.
  constructor(start, scene, speaker) {
    const { scene: slug, hide, present, embed, follow, pace } = scene.view;
    Object.assign(this, { ...start, n: start.dim, speaker, scene: slug, hide, present, embed, follow, pace });
    this.history = new History(this.n);
    this.view = new View(this.history, scene.view);
    this.sound = new Sound();
    this.actions = new Actions((command) => this.send(command), () => this.acted());
    Object.assign(this, { settings: null, message: null, can: {}, readout: [], units: [0, 1, 2], drawing: false });
    this.own = { kept: scene.settings.kept ?? firstKept, path: scene.settings.path ?? [] }; // settings that only the page knows
    Object.assign(this, { source: null, look: () => null, panels: () => [] });
  }

  // send gives a command to the simulation, and says so where it does not arrive.
  send(command) {
    const sent = this.source?.send(command) === true;
    if (!sent) this.say("There is no connection: the command did not reach the lab.");
    return sent;
  }

  say(words) {
    this.speaker.say(words);
  }

  // hello takes what a simulation says of itself at first.
  hello(message) {
    this.spec = message.spec;
    this.speeds = message.speeds;
    this.readout = message.readout;
    this.can = message.can;
    this.history.open(message.widths, message.feedback, { ...message.spec, tau: message.tau });
    const activity = ["z", "z_L", "z_H"].filter((name) => message.widths[name]);
    const missing = activity.filter((name) => !message.state.signals.includes(name));
    if (missing.length) this.send({ type: "signals", signals: [...message.state.signals, ...missing] });
    this.heard(message.state);
  }

  // heard takes how the simulation stands; it gives the marks of what has changed.
  heard(message) {
    this.message = message;
    this.settings = { ...settingsOf(message, this.history.own), ...this.own };
    this.actions.stands(this.settings);
    const marks = this.history.state(message);
    this.remember();
    return marks;
  }

  // acted takes what somebody has set of what only the page knows.
  acted() {
    const { kept, path } = this.actions.settings;
    this.own = { kept, path };
    Object.assign(this.settings, this.own);
    this.changed();
    this.remember();
    this.view.drawSoon();
  }

  get playing() {
    return Boolean(this.message?.playing);
  }

  play() {
    if (this.view.at !== null) this.view.scrub(null);
    this.send({ type: this.playing ? "pause" : "play" });
  }

  // freeze freezes feedback wholly, or lets it go.
  freeze() {
    const hold = this.settings?.hold ? 0 : 1;
    this.actions.act(hold ? "Feedback frozen" : "Feedback released", { hold });
  }

  next() {
    this.actions.command("Another context", { type: "next" }, ["context"]);
  }

  // place sends the places of a drag, at most thirty a second, the last one for certain.
  place(a, b) {
    const waiting = this.toPlace !== undefined;
    this.toPlace = [a, b];
    if (!waiting) this.placeNow();
  }

  placeNow() {
    const [a, b] = this.toPlace;
    this.actions.act(`Context ${a.toFixed(2)}, ${b.toFixed(2)}`, { context: [a, b] }, "drag");
    setTimeout(() => {
      const [p, q] = this.toPlace;
      if (p !== a || q !== b) {
        this.placeNow();
        return;
      }
      this.toPlace = undefined;
      if (this.dropped) this.actions.release();
    }, placesEvery);
  }

  // drop ends a drag, once its last place is sent.
  drop() {
    this.dropped = true;
    if (this.toPlace === undefined) this.actions.release();
  }

  // recall goes to a kept context, "A" or "B"; keep puts the one of now in its place.
  recall(name) {
    const [a, b] = this.own.kept[name];
    this.actions.act(`Context ${name}`, { context: [a, b] });
  }

  keep(name) {
    if (!this.settings?.context) return;
    this.actions.act(`Context ${name} kept`, { kept: { ...this.own.kept, [name]: this.settings.context } });
    this.say(`This context is kept as ${name}.`);
  }

  // draw takes a path that was drawn, and has the context go along it.
  draw(path) {
    this.pencil(false);
    if (path.length === 0) return;
    this.actions.act("Path drawn", { path });
    this.along();
  }

  // pencil has the next drag in the square draw a path, or no longer.
  pencil(on) {
    this.drawing = on;
    if (on) this.say("Draw a path in the square: the context then goes along it.");
    this.view.drawSoon();
  }

  // extend adds the context of now to the path.
  extend() {
    const { context } = this.settings ?? {};
    if (!context) return;
    const path = extended(this.own.path, context);
    if (path === this.own.path) {
      this.say(path.length > 1 && same(path.at(-1), context) ? "The path ends at this context already." : `The path has ${path.length === 1 ? "this context already" : `${path.length} contexts, and no room for another`}.`);
      return;
    }
    this.actions.act("Context added to the path", { path });
    this.say(`The path has ${path.length === 1 ? "one context" : `${path.length} contexts`}.`);
  }

  // along has the context go along the path.
  along() {
    const { path } = this.own;
    if (path.length === 0) {
      this.say("There is no path yet: draw one, or add contexts to it.");
      return;
    }
    const way = course(path, this.pace);
    if (this.actions.course("Way along the path", way)) this.say(`The context goes along the path: ${path.length === 1 ? "one leg" : `${path.length} legs`} of ${count(way.samples)} samples.`);
  }

  clearPath() {
    this.actions.act("Path removed", { path: [] });
  }

  // drift has the context go to a point.
  drift(to) {
    this.actions.course("Drift", course([to], this.pace));
  }

  silence(j) {
    if (j >= this.history.feedback || !this.settings) return;
    const clamps = { ...this.settings.clamps };
    const silent = clamps[j] === 0;
    if (silent) delete clamps[j];
    else clamps[j] = 0;
    this.actions.act(silent ? `Feedback signal ${j + 1} acts again` : `Feedback signal ${j + 1} silent`, { clamps });
  }

  // seed begins anew; the same seed repeats the same samples.
  seed(seed) {
    this.view.scrub(null);
    if (seed !== this.settings?.seed) this.actions.command(`Seed ${seed}`, { type: "seed", seed }, Object.keys(this.settings));
    else this.send({ type: "rewind" });
  }

  // sources plays others, from the beginning; null are the network's own.
  sources(kind) {
    this.view.scrub(null);
    this.actions.command(`Sources ${kind ?? "its own"}`, { type: "sources", sources: kind }, Object.keys(this.settings));
  }

  step(command) {
    this.view.scrub(null);
    this.send({ type: "step", ...command });
  }

  undo(again) {
    const words = again ? this.actions.redo() : this.actions.undo();
    this.say(words ? `${again ? "Done again" : "Undone"}: ${words}.` : `There is nothing to ${again ? "do again" : "undo"}.`);
  }

  // hear plays what an id names, at its own speed; without sound the speed is again what
  // it was.
  hear(id) {
    const before = this.sound.id;
    this.sound.choose(id);
    const signal = Boolean(this.sound.chosen);
    if (signal && this.quiet === undefined && this.settings) {
      this.quiet = this.settings.speed;
      this.send({ type: "speed", samples_per_second: ownSpeed });
    } else if (!signal && this.quiet !== undefined) {
      if (this.settings?.speed === ownSpeed) this.send({ type: "speed", samples_per_second: this.quiet });
      this.quiet = undefined;
    }
    if (id !== before) this.remember();
  }

  // zoom goes to another window.
  zoom(span) {
    this.view.set("span", span);
    this.remember();
  }

  mode(mode) {
    this.view.set("mode", mode);
    this.say(mode === "hold" ? "Hold: the window stands round the last change." : "Follow: the window ends now.");
    this.remember();
  }

  chooseUnit(j) {
    this.units.splice(0, Infinity, ...[j, ...this.units.filter((k) => k !== j)].slice(0, 4));
    this.view.drawSoon();
  }

  // link is the address of the scene as it is.
  get link() {
    const { view, sound } = this;
    const speed = this.quiet ?? this.settings.speed;
    const kept = same(this.own.kept, firstKept) ? null : this.own.kept;
    const query = address({ ...this.settings, speed, kept }, {
      play: this.playing, mode: view.mode, span: view.span, panels: this.panels(), view: this.look(), hear: sound.id, froze: this.history.froze, pace: this.pace,
      scene: this.scene, hide: this.hide, present: this.present, embed: this.embed, follow: this.follow,
    });
    return `${location.origin}${location.pathname}?${query}`;
  }

  // remember keeps the scene in the address, soon.
  remember() {
    this.remembering ??= setTimeout(() => {
      this.remembering = undefined;
      if (this.settings) history.replaceState(null, "", this.link);
    }, rememberAfter);
  }

  // goTo opens the same scene with another model.
  goTo(model) {
    const link = new URL(this.link);
    link.pathname = link.pathname.replace(/[^/]+\/live$/, `${encodeURIComponent(model)}/live`);
    link.searchParams.delete("scene");
    location.assign(link);
  }
}
