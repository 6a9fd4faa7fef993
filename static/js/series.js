// A growing curve of batches that stays small: when it has more than twice the
// points it may have, every second one goes. The first, the last and the peaks stay.
// Running means come with their batches, from the lab: it has them over all batches,
// those that are left out here as well.

export class Series {
  constructor(most = 1500) {
    this.most = most;
    this.clear();
  }

  clear() {
    this.length = 0;
    this.last = 0;
    this.batch = new Float64Array(2 * this.most);
    this.every = 1;
    const three = () => ({ loss: new Float64Array(2 * this.most), grad: new Float64Array(2 * this.most), seconds: new Float64Array(2 * this.most) });
    this.values = three();
    this.means = three();
  }

  // load takes the history, as the API gives it. All batches that are multiples of
  // every are there.
  load({ batch, loss, grad_norm: grad, seconds, mean, grad_norm_mean: gradMean, seconds_mean: secondsMean, every }) {
    this.clear();
    this.every = every;
    for (const [i, b] of batch.entries()) this.put(b, loss[i], grad[i], seconds[i], mean[i], gradMean[i], secondsMean[i]);
  }

  // put adds a batch later than all there are, as a stream's message has it; earlier
  // ones are left out.
  put(batch, loss, grad, seconds, mean, gradMean, secondsMean) {
    if (batch <= this.last) return false;
    this.last = batch;
    if (this.length === 2 * this.most) this.thin();
    const i = this.length++;
    this.batch[i] = batch;
    this.values.loss[i] = loss ?? NaN;
    this.values.grad[i] = grad ?? NaN;
    this.values.seconds[i] = seconds ?? NaN;
    this.means.loss[i] = mean ?? NaN;
    this.means.grad[i] = gradMean ?? NaN;
    this.means.seconds[i] = secondsMean ?? NaN;
    return true;
  }

  // thin keeps of each four neighbours those with the lowest and the highest loss.
  thin() {
    const all = [this.batch, ...Object.values(this.values), ...Object.values(this.means)];
    const loss = this.values.loss;
    let to = 0;
    for (let from = 0; from < this.length; from += 4) {
      let low = from, high = from;
      for (let i = from; i < Math.min(from + 4, this.length); i++) {
        if (loss[i] < loss[low] || Number.isNaN(loss[low])) low = i;
        if (loss[i] > loss[high] || Number.isNaN(loss[high])) high = i;
      }
      const kept = from === 0 ? [0, high || low] : [Math.min(low, high), Math.max(low, high)];
      for (const i of new Set(kept)) {
        for (const a of all) a[to] = a[i];
        to++;
      }
    }
    this.length = to;
  }

  // pairs are [batch, value, …] for ECharts, in one typed array.
  pairs(name) {
    return this.paired(this.values[name]);
  }

  // smooth is pairs of the running means.
  smooth(name) {
    return this.paired(this.means[name]);
  }

  paired(values) {
    const out = new Float64Array(2 * this.length);
    for (let i = 0; i < this.length; i++) {
      out[2 * i] = this.batch[i];
      out[2 * i + 1] = values[i] > 0 ? values[i] : NaN;
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
