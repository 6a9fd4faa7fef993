// What happens, in sentences: each thing that is done, and what came of it once it has
// settled. A screen reader hears them as they come; everybody can read them.
import { count, number } from "../format.js";

const settles = 900; // samples after which it is told what came of a change
const judged = 500; // samples, the last ones, of what came of it
const most = 200; // sentences kept
const small = 0.15; // error below which outputs follow the sources
const large = 0.4; // error above which they do not

export class Speaker {
  // line shows the last sentence, log is read out. While a scene plays the line is its own.
  constructor(line, log) {
    Object.assign(this, { line, log, sentences: [], listeners: new Set(), pending: null, scene: false });
  }

  say(sentence) {
    this.line.textContent = sentence;
    this.note(sentence);
  }

  // note tells what happened by itself.
  note(sentence) {
    if (!this.scene) this.line.textContent = sentence;
    const item = document.createElement("p");
    item.textContent = sentence;
    this.log.append(item);
    while (this.log.children.length > 12) this.log.firstChild.remove();
    this.sentences.push(sentence);
    if (this.sentences.length > most) this.sentences.shift();
    for (const tell of this.listeners) tell(sentence);
  }

  clear() {
    this.pending = null;
  }

  // mark tells what was done; what came of it is told later.
  mark(mark, error) {
    this.note(`${mark.words}, at sample ${count(mark.sample)}${Number.isFinite(error) ? `; the error was ${number(error)}` : ""}.`);
    this.pending = { mark, before: error };
  }

  // draw says what came of the last thing done, once enough samples have come.
  draw({ rings, twin, now, changes, history }) {
    if (!this.pending) return;
    const { mark, before } = this.pending;
    if (now < Math.max(mark.last, changes.at(-1) ?? 0) + settles) return;
    const after = late(rings.error, now);
    if (!Number.isFinite(after)) return;
    this.pending = null;
    this.note(outcome(before, after, history.frozenAt(now - 1), twin ? late(twin.error, now) : NaN));
  }
}

// late is the mean error of the last samples, as far as they have come; NaN where none has.
export function late(error, now) {
  let sum = 0, n = 0;
  for (let t = now - judged; t < now; t++) {
    const v = error.at(t, 0);
    if (Number.isNaN(v)) continue;
    sum += v;
    n++;
  }
  return n ? sum / n : NaN;
}

// outcome is a sentence on the error before and after a change.
export function outcome(before, after, frozen, twin = NaN) {
  const how = after < small ? "follow the sources" : after > large ? "do not follow the sources" : "follow the sources only roughly";
  const moved = !Number.isFinite(before) ? "is" : after > 1.5 * before ? "has risen to" : after < before / 1.5 ? "has fallen to" : "has stayed at";
  const why = frozen ? " with feedback frozen" : "";
  const other = Number.isFinite(twin) ? ` The twin's error is ${number(twin)}.` : "";
  return `The error ${moved} ${number(after)}${why}: the outputs ${how}.${other}`;
}
