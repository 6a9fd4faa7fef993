// Signals as sound, played while their samples come: a column in both ears, or the two of
// a signal left and right; or the error as a tone.

const own = 8000; // samples a second, at which the signals have their own pitch
const delay = 0.15; // seconds that the sound stays behind the picture
const letters = { s: "source", x: "stimulus", y: "output" };

// choices are what can be heard of n sources, as [id, words]: s1 is source 1, y alone both
// outputs, left and right.
export function choices(n) {
  const list = [["", "nothing"]];
  for (const [letter, words] of Object.entries(letters)) {
    for (let i = 1; i <= n; i++) list.push([`${letter}${i}`, `${words} ${i}`]);
    if (n === 2) list.push([letter, `${words} 1 left, 2 right`]);
  }
  return [...list, ["error", "error as a tone"]];
}

// heard is the signal and the columns of an id, left and right; null for the error and nothing.
export function heard(id) {
  const [, signal, column] = id.match(/^([sxy])([1-9]?)$/) ?? [];
  if (!signal) return null;
  return { signal, columns: column ? [column - 1, column - 1] : [0, 1] };
}

// opposite is the mixture of an output, and the output of a mixture, at the same phase.
export const opposite = (id) => (id.startsWith("y") ? `x${id.slice(1)}` : `y${id.slice(1)}`);

export class Sound {
  constructor() {
    Object.assign(this, { id: "", chosen: null, loud: 0.3, muted: false });
  }

  // choose begins to play what an id names, in answer to a click or a key, or ends. The
  // phase goes on where both before and now are signals.
  choose(id) {
    const before = this.chosen;
    this.id = id;
    this.chosen = heard(id);
    if (!before) this.next = NaN;
    this.tone?.stop();
    this.tone = null;
    if (!id) {
      this.context?.suspend();
      return;
    }
    if (!this.context) {
      this.context = new AudioContext();
      this.volume = new GainNode(this.context);
      this.volume.connect(this.context.destination);
      this.level();
    }
    this.context.resume();
    if (id === "error") {
      this.tone = new OscillatorNode(this.context, { frequency: 110 });
      this.tone.connect(this.volume);
      this.tone.start();
    }
  }

  level() {
    if (this.volume) this.volume.gain.value = this.muted ? 0 : this.loud;
  }

  loudness(value) {
    this.loud = value;
    this.level();
  }

  mute(on) {
    this.muted = on;
    this.level();
  }

  // pitch tells the error: two octaves for every power of ten, 110 Hz at 0.01.
  pitch(error) {
    if (!this.tone || !(error > 0)) return;
    const hertz = 110 * 4 ** (Math.log10(Math.min(3, Math.max(1e-3, error))) + 2);
    this.tone.frequency.setTargetAtTime(hertz, this.context.currentTime, 0.03);
  }

  // push plays a block of a signal that runs at some samples a second: slower than its
  // own 8,000 it sounds deeper.
  push({ signal, side, first, rows, columns, data }, speed) {
    if (signal !== this.chosen?.signal || side > 0) return;
    if (first !== this.next) [this.last, this.at] = [[0, 0], 0]; // the beginning, or samples are missing
    this.next = first + rows;
    const step = speed / this.context.sampleRate;
    const start = this.at;
    const ears = this.chosen.columns.map((c, ear) => {
      this.at = start;
      return this.stretched((t) => data[t * columns + Math.min(c, columns - 1)], rows, step, ear);
    });
    this.play(ears);
  }

  play(ears) {
    const now = this.context.currentTime;
    if (!(this.end > now)) this.end = now + delay;
    if (!ears[0].length || this.end > now + 4 * delay) return;
    const buffer = new AudioBuffer({ length: ears[0].length, numberOfChannels: 2, sampleRate: this.context.sampleRate });
    for (const [ear, out] of ears.entries()) buffer.copyToChannel(out, ear);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.volume);
    source.start(this.end);
    this.end += buffer.duration;
  }

  // stretched interpolates between samples, step of them a value; the last sample and
  // the place in it are kept for the next block.
  stretched(sample, rows, step, ear) {
    const out = new Float32Array(Math.max(0, Math.ceil((rows - this.at) / step)));
    let before = this.last[ear], after = sample(0), t = 0;
    for (let n = 0; n < out.length; n++) {
      for (const whole = Math.floor(this.at); t < whole; t++) [before, after] = [after, sample(t + 1)];
      out[n] = before + (after - before) * (this.at - t);
      this.at += step;
    }
    this.at -= rows;
    this.last[ear] = sample(rows - 1);
    return out;
  }
}

export { own as ownSpeed };
