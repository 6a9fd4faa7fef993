// What one does to a simulation, and how it is undone: each intervention is settings that
// change, undone by the commands that lead back to the settings before. A drag is one.
import { commands, same } from "./scene.js";

const most = 100; // interventions that can be undone

export class Actions {
  // send(command) tells whether it went out; changed() is called when there is something
  // else to undo or to do again.
  constructor(send, changed = () => {}) {
    Object.assign(this, { send, changed, settings: null, done: [], undone: [], held: null });
  }

  // stands takes the settings that the simulation says it has.
  stands(settings) {
    this.settings = settings;
  }

  // act changes some settings. Those with the same gesture, until it ends, are undone
  // together. A context ends a course; with another seed or other sources all begins anew.
  act(words, wanted, gesture = null) {
    if (!this.settings) return false;
    const change = wanted.context && wanted.course === undefined ? { ...wanted, course: null } : wanted;
    if (Object.keys(change).every((name) => same(this.settings[name], change[name]))) return true;
    if (!this.tell(commands(this.settings, { ...this.settings, ...change }))) return false;
    const all = change.seed !== undefined || change.sources !== undefined;
    const before = pick(this.settings, Object.keys(all ? this.settings : change));
    this.settings = { ...this.settings, ...change };
    this.keep(words, before, gesture);
    return true;
  }

  // course has the context go a way, from where it is.
  course(words, course) {
    return this.act(words, { context: this.settings?.context, course });
  }

  // command sends one whose result only the simulation knows, such as a random context,
  // and which changes the named settings. A context that is no point of the square cannot
  // be gone back to.
  command(words, command, names) {
    if (!this.settings || !this.send(command)) return false;
    if (String(names) === "context" && !this.settings.context) return true;
    this.keep(words, pick(this.settings, names.includes("context") ? [...names, "course"] : names), null);
    return true;
  }

  keep(words, before, gesture) {
    if (gesture === null || gesture !== this.held) this.done.push({ words, before });
    else this.done.at(-1).words = words;
    if (this.done.length > most) this.done.shift();
    this.held = gesture;
    this.undone = [];
    this.changed();
  }

  // release ends a gesture, such as a drag.
  release() {
    this.held = null;
  }

  undo() {
    return this.back(this.done, this.undone);
  }

  redo() {
    return this.back(this.undone, this.done);
  }

  // back returns to the settings before the last of one list, and puts on the other how
  // to come back from there. It gives the words of what it took back, or null. All of the
  // settings are sent, as a message about them may still be on its way.
  back(from, onto) {
    if (from.length === 0 || !this.settings) return null;
    const { words, before } = from.at(-1);
    const now = pick(this.settings, Object.keys(before));
    if (!this.tell(commands({ clamps: now.clamps, sources: now.sources }, before))) return null;
    from.pop();
    onto.push({ words, before: now });
    this.settings = { ...this.settings, ...before };
    this.held = null;
    this.changed();
    return words;
  }

  tell(list) {
    return list.every((command) => this.send(command) === true);
  }
}

const pick = (settings, names) => Object.fromEntries(names.map((name) => [name, settings[name]]));
