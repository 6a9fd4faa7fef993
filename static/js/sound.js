// One column of a signal as sound, played while its samples come.

const own = 8000; // samples a second, at which the signals have their own pitch
const delay = 0.15; // seconds that the sound stays behind the picture

export class Sound {
  constructor() {
    this.chosen = null;
  }

  // choose begins to play a column of a signal, in answer to a click or a key, or ends.
  choose(signal, column) {
    this.chosen = signal ? { signal, column } : null;
    this.next = NaN;
    if (!this.chosen) {
      this.context?.suspend();
      return;
    }
    if (!this.context) {
      this.context = new AudioContext();
      this.volume = new GainNode(this.context, { gain: 0.3 });
      this.volume.connect(this.context.destination);
    }
    this.context.resume();
  }

  // push plays a frame of a signal that runs at some samples a second: slower than its
  // own 8,000 it sounds deeper.
  push(signal, { first, rows, columns, data }, speed) {
    if (signal !== this.chosen?.signal) return;
    if (first !== this.next) [this.last, this.at] = [0, 0]; // the beginning, or samples are missing
    this.next = first + rows;
    const out = this.stretched((t) => data[t * columns + this.chosen.column], rows, speed / this.context.sampleRate);
    const now = this.context.currentTime;
    if (!(this.end > now)) this.end = now + delay;
    if (!out.length || this.end > now + 4 * delay) return;
    const buffer = new AudioBuffer({ length: out.length, sampleRate: this.context.sampleRate });
    buffer.copyToChannel(out, 0);
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(this.volume);
    source.start(this.end);
    this.end += buffer.duration;
  }

  // stretched interpolates between samples, step of them a value; the last sample and
  // the place in it are kept for the next frame.
  stretched(sample, rows, step) {
    const out = new Float32Array(Math.max(0, Math.ceil((rows - this.at) / step)));
    let before = this.last, after = sample(0), t = 0;
    for (let n = 0; n < out.length; n++) {
      for (const whole = Math.floor(this.at); t < whole; t++) [before, after] = [after, sample(t + 1)];
      out[n] = before + (after - before) * (this.at - t);
      this.at += step;
    }
    this.at -= rows;
    this.last = sample(rows - 1);
    return out;
  }
}

export { own as ownSpeed };
