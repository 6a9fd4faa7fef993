// The last samples of a signal, in a buffer of fixed size.

export class Ring {
  // capacity is in rows; a ring whose grid is g keeps one row of g samples, the last one.
  constructor(columns, capacity = 8192, grid = 1) {
    this.columns = columns;
    this.capacity = capacity;
    this.grid = grid;
    this.data = new Float32Array(capacity * columns);
    this.clear();
  }

  clear() {
    this.first = 0; // the oldest sample that is there
    this.next = 0; // the sample that comes next
    this.whole = 0; // from here to next no sample is missing
  }

  // push takes rows (samples, columns), row-major, from sample first on, each for so many
  // samples as the stride says. Samples that were skipped are NaN; earlier ones than the
  // last mean a new beginning.
  push(first, rows, data, stride = 1) {
    const [slack, held] = [stride > 1 ? 2 * stride : 0, this.capacity * this.grid];
    if (first + slack < this.next || first - this.next > held) this.first = this.next = this.whole = first;
    if (first > this.next) {
      this.put(this.next, first, null, 0);
      this.whole = first;
    }
    for (let r = Math.max(0, rows - this.capacity); r < rows; r++) {
      this.put(first + r * stride, first + (r + 1) * stride, data, r * this.columns);
    }
    this.next = Math.max(this.next, first + rows * stride);
    this.first = Math.max(this.first, this.next - held);
    this.whole = Math.max(this.whole, this.first);
  }

  // put writes a row of data, or NaN, at the samples from..to.
  put(from, to, data, row) {
    const { grid, capacity, columns } = this;
    const last = Math.ceil(to / grid);
    for (let k = Math.max(Math.floor(from / grid), last - capacity); k < last; k++) {
      const at = (k % capacity) * columns;
      if (!data) this.data.fill(NaN, at, at + columns);
      else for (let c = 0; c < columns; c++) this.data[at + c] = data[row + c];
    }
  }

  // at is the value of a column at a sample, NaN where there is none.
  at(sample, column) {
    if (sample < this.first || sample >= this.next) return NaN;
    return this.data[(Math.floor(sample / this.grid) % this.capacity) * this.columns + column];
  }

  // rows are the samples from..to, (to - from, columns), row-major.
  rows(from, to) {
    const out = new Float32Array((to - from) * this.columns);
    for (let t = from, i = 0; t < to; t++) for (let c = 0; c < this.columns; c++) out[i++] = this.at(t, c);
    return out;
  }
}
