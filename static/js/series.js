// A growing curve of batches that stays small: when it has more than twice the
// points it may have, every second one goes. The first and the last stay.

export class Series {
  constructor(most = 1500) {
    this.most = most;
    this.clear();
  }

  clear() {
    this.stride = 1;
    this.length = 0;
    this.last = 0;
    this.batch = new Float64Array(2 * this.most);
    this.values = { loss: new Float64Array(2 * this.most), grad: new Float64Array(2 * this.most), seconds: new Float64Array(2 * this.most) };
  }

  // load takes the history, as the API gives it.
  load({ batch, loss, grad_norm: grad, seconds }) {
    this.clear();
    for (const [i, b] of batch.entries()) this.put(b, loss[i], grad[i], seconds[i]);
  }

  // put adds a batch later than all there are; earlier ones are left out.
  put(batch, loss, grad, seconds) {
    if (batch <= this.last) return false;
    this.last = batch;
    if (this.length === 2 * this.most) this.thin();
    const i = this.length++;
    this.batch[i] = batch;
    this.values.loss[i] = loss ?? NaN;
    this.values.grad[i] = grad ?? NaN;
    this.values.seconds[i] = seconds ?? NaN;
    return true;
  }

  thin() {
    const all = [this.batch, ...Object.values(this.values)];
    const half = this.length / 2;
    for (const a of all) for (let i = 0; i < half; i++) a[i] = a[2 * i];
    this.length = half;
  }

  // pairs are [batch, value, …] for ECharts, in one typed array.
  pairs(name) {
    const out = new Float64Array(2 * this.length);
    const values = this.values[name];
    for (let i = 0; i < this.length; i++) {
      out[2 * i] = this.batch[i];
      out[2 * i + 1] = values[i] > 0 ? values[i] : NaN;
    }
    return out;
  }

  // smooth is pairs with every value the mean of those around it, a twentieth of
  // the curve wide and at most 50 points.
  smooth(name) {
    const values = this.values[name];
    const reach = Math.max(1, Math.min(25, Math.floor(this.length / 40)));
    const out = this.pairs(name);
    for (let i = 0; i < this.length; i++) {
      let sum = 0, n = 0;
      for (let k = Math.max(0, i - reach); k <= Math.min(this.length - 1, i + reach); k++) {
        if (values[k] > 0) {
          sum += values[k];
          n++;
        }
      }
      out[2 * i + 1] = n ? sum / n : NaN;
    }
    return out;
  }

  // rows are about n lines of a table.
  rows(n = 100) {
    const step = Math.max(1, Math.ceil(this.length / n));
    const rows = [];
    for (let i = 0; i < this.length; i += step) rows.push(this.row(i));
    if (this.length && (this.length - 1) % step) rows.push(this.row(this.length - 1));
    return rows;
  }

  row(i) {
    return [this.batch[i], this.values.loss[i], this.values.grad[i], this.values.seconds[i]];
  }
}

// valueAt is a curve's value at a batch or the last one before it; NaN beyond its end.
export function valueAt(curve, batch) {
  if (!curve.length || curve[curve.length - 2] < batch) return NaN;
  let low = 0, high = curve.length / 2 - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (curve[2 * middle] <= batch) low = middle;
    else high = middle - 1;
  }
  return curve[2 * low + 1];
}
