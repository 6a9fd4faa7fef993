// The error as the live page shows it: ‖s − y‖ of each sample, the mean over the last ones.

const smoothing = 20; // samples of the mean

export class RunningError {
  constructor() {
    this.clear();
  }

  clear() {
    this.recent = [];
  }

  // push takes samples of s and y, (rows, n) row-major, and gives their errors (rows).
  push(rows, n, s, y) {
    const errors = new Float32Array(rows);
    for (let t = 0; t < rows; t++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (s[t * n + i] - y[t * n + i]) ** 2;
      this.recent.push(Math.sqrt(sum));
      if (this.recent.length > smoothing) this.recent.shift();
      errors[t] = this.recent.reduce((a, b) => a + b) / this.recent.length;
    }
    return errors;
  }
}
