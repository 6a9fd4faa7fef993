// The last samples of a signal, in a buffer of fixed size.

export class Ring {
  constructor(columns, capacity = 8192) {
    this.columns = columns;
    this.capacity = capacity;
    this.data = new Float32Array(capacity * columns);
    this.clear();
  }

  clear() {
    this.first = 0; // the oldest sample that is there
    this.next = 0; // the sample that comes next
  }

  // push takes rows (samples, columns), row-major, from sample first on. Samples that
  // were skipped are NaN; earlier ones than the last mean a new beginning.
  push(first, rows, data) {
    if (first < this.next || first - this.next > this.capacity) {
      this.first = this.next = first;
    }
    for (; this.next < first; this.next++) {
      const at = (this.next % this.capacity) * this.columns;
      this.data.fill(NaN, at, at + this.columns);
    }
    for (let r = Math.max(0, rows - this.capacity); r < rows; r++) {
      const at = ((first + r) % this.capacity) * this.columns;
      for (let c = 0; c < this.columns; c++) this.data[at + c] = data[r * this.columns + c];
    }
    this.next = first + rows;
    this.first = Math.max(this.first, this.next - this.capacity);
  }

  // at is the value of a column at a sample, NaN where there is none.
  at(sample, column) {
    if (sample < this.first || sample >= this.next) return NaN;
    return this.data[(sample % this.capacity) * this.columns + column];
  }
}
