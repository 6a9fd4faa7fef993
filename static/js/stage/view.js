// What the stage shows: its parts, which draw the same moment, at the browser's next
// picture after something has changed.
import { frame } from "./trigger.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const tellEvery = 500; // ms
const stillEvery = 500; // ms between two pictures where the system asks for reduced motion

export class View {
  constructor(history, { mode, span }) {
    Object.assign(this, { history, mode, span, parts: [], at: null, told: 0, frames: 0 });
  }

  // moment is what parts draw: the window of samples, and now, which lies in the past
  // while somebody scrubs. Pictures of the window are alike where its key is.
  moment() {
    const { history, mode, span } = this;
    const latest = history.next;
    const now = this.at === null ? latest : Math.min(this.at, latest);
    const changes = history.changes(now);
    const window = frame(mode, span, changes, now);
    const { n, rings, twin, contexts, frozen, marks } = history;
    const done = [contexts.length, marks.length, marks.at(-1)?.last, frozen.length, frozen.at(-1)?.to, Boolean(twin)];
    const key = [window.from, window.to, window.zero, Math.min(now, window.to), latest > now, ...done].join();
    return { history, now, latest, changes, n, rings, twin, contexts, frozen, marks, window, key, scrubbed: this.at !== null };
  }

  // scrub shows how things were at a sample; null comes back to now.
  scrub(sample) {
    this.at = sample === null ? null : Math.max(this.history.first, Math.min(sample, this.history.next));
    if (this.at !== null && this.at >= this.history.next) this.at = null;
    this.drawSoon();
  }

  set(name, value) {
    this[name] = value;
    this.drawSoon();
  }

  drawSoon() {
    if (this.waiting) return;
    this.waiting = true;
    const paint = () => {
      this.waiting = false;
      this.draw();
    };
    if (still.matches) setTimeout(paint, stillEvery);
    else requestAnimationFrame(paint);
  }

  draw() {
    const moment = this.moment();
    const telling = performance.now() - this.told > tellEvery || this.at !== null;
    if (telling) this.told = performance.now();
    for (const part of this.parts) {
      part.draw?.(moment);
      if (telling) part.tell?.(moment);
    }
    this.frames++;
    if (!this.begun && moment.now > 0) {
      this.begun = true;
      performance.mark("first-picture"); // of samples, which make bench-stage looks for
    }
  }
}
