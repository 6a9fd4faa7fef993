// The weights from stimuli to outputs, as the network has them or, where the pathway
// has units in between, as they show in stimuli and outputs: the least-squares fit of
// y = W x over about the last 100 samples.

const memory = 0.99; // of what was, at each sample
const every = 10; // samples between two solutions

export class EffectiveWeights {
  constructor(n) {
    this.n = n;
    this.clear();
  }

  clear() {
    this.xx = new Float64Array(this.n * this.n);
    this.yx = new Float64Array(this.n * this.n);
    this.seen = 0;
    this.now = new Float32Array(this.n * this.n).fill(NaN);
  }

  // push takes samples of x and y, (rows, n) row-major, and gives W (rows, n·n).
  push(rows, x, y) {
    const n = this.n;
    const out = new Float32Array(rows * n * n);
    for (let t = 0; t < rows; t++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          this.xx[i * n + j] = memory * this.xx[i * n + j] + x[t * n + i] * x[t * n + j];
          this.yx[i * n + j] = memory * this.yx[i * n + j] + y[t * n + i] * x[t * n + j];
        }
      }
      if (++this.seen % every === 0 && this.seen > 50) this.now = this.solve();
      out.set(this.now, t * n * n);
    }
    return out;
  }

  // solve gives W with W·xx = yx, by elimination on the transposed system.
  solve() {
    const n = this.n;
    const a = Array.from({ length: n }, (_, i) => {
      const row = new Float64Array(2 * n);
      for (let j = 0; j < n; j++) {
        row[j] = this.xx[i * n + j] + (i === j ? 1e-9 : 0);
        row[n + j] = this.yx[j * n + i];
      }
      return row;
    });
    for (let k = 0; k < n; k++) {
      let best = k;
      for (let i = k + 1; i < n; i++) if (Math.abs(a[i][k]) > Math.abs(a[best][k])) best = i;
      [a[k], a[best]] = [a[best], a[k]];
      for (let i = 0; i < n; i++) {
        if (i === k) continue;
        const f = a[i][k] / a[k][k];
        for (let j = k; j < 2 * n; j++) a[i][j] -= f * a[k][j];
      }
    }
    const w = new Float32Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) w[j * n + i] = a[i][n + j] / a[i][i];
    return w;
  }
}

// correlation of two columns of two rings over the samples from..to.
export function correlation(a, i, b, j, from, to) {
  let n = 0, sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
  for (let t = from; t < to; t++) {
    const u = a.at(t, i), v = b.at(t, j);
    if (Number.isNaN(u) || Number.isNaN(v)) continue;
    n++;
    sa += u;
    sb += v;
    saa += u * u;
    sbb += v * v;
    sab += u * v;
  }
  return (n * sab - sa * sb) / Math.sqrt((n * saa - sa * sa) * (n * sbb - sb * sb));
}
