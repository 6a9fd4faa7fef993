// What the paper measures, over the last samples: how clear signals are, how far outputs
// are from the sources, how far the population's plane has turned.
import { number } from "../format.js";
import { correlation } from "../weights.js";

const judged = 1000; // samples
const early = 300; // samples after a change that do not count as settled
const clearest = 10; // units

// clarity is | |r1| - |r2| | of a column with the two sources, as analysis.SignalClarity
// has it; NaN where it does not vary.
export function clarity(ring, column, s, from, to) {
  return Math.abs(Math.abs(correlation(ring, column, s, 0, from, to)) - Math.abs(correlation(ring, column, s, 1, from, to)));
}

export function clarities(ring, s, from, to) {
  return Array.from({ length: ring.columns }, (_, c) => clarity(ring, c, s, from, to)).filter(Number.isFinite);
}

const mean = (list) => (list.length ? list.reduce((a, b) => a + b) / list.length : NaN);

// settled is the mean error since a change, without its first samples; NaN until there are any.
export function settled(error, change, now) {
  let sum = 0, n = 0;
  for (let t = Math.max(error.first, change + early, now - judged); t < now; t++) {
    const v = error.at(t, 0);
    if (Number.isNaN(v)) continue;
    sum += v;
    n++;
  }
  return n ? sum / n : NaN;
}

// measures are what the meters show of one side, by name.
export function measures({ s, x }, side, { n, now, changes }) {
  const from = Math.max(s.first, now - judged);
  const units = [side.z, side.z_L, side.z_H].filter((ring) => ring?.next > 0);
  const best = n === 2 ? units.flatMap((ring) => clarities(ring, s, from, now)).sort((a, b) => b - a).slice(0, clearest) : [];
  return {
    stimuli: n === 2 ? mean(clarities(x, s, from, now)) : NaN,
    outputs: n === 2 ? mean(clarities(side.y, s, from, now)) : NaN,
    units: mean(best),
    now: side.error.at(now - 1, 0),
    settled: settled(side.error, changes.at(-1) ?? 0, now),
  };
}

// Meters keeps the last value of each until there is another: none goes out while data
// are there.
export class Meters {
  constructor(table, population) {
    Object.assign(this, { table, population, rows: {} });
    for (const row of table.querySelectorAll("[data-meter]")) this.rows[row.dataset.meter] = [...row.querySelectorAll("td")];
    this.clear();
  }

  clear() {
    this.last = [{}, {}];
  }

  tell(moment) {
    const { rings, twin, now } = moment;
    if (!now || !rings.s) return;
    this.table.classList.toggle("twinned", Boolean(twin));
    this.show(0, measures(rings, rings, moment));
    if (twin) this.show(1, measures(rings, twin, moment));
    const apart = this.population?.apart;
    if (apart) this.show(0, { apart: apart.change });
    if (apart && twin) this.show(1, { apart: apart.twin });
  }

  show(side, values) {
    for (const [name, value] of Object.entries(values)) {
      if (!this.rows[name]) continue;
      if (Number.isFinite(value)) this.last[side][name] = value;
      const v = this.last[side][name];
      const text = v === undefined ? "…" : name === "apart" ? `${v.toFixed(0)}°` : name === "now" || name === "settled" ? number(v) : v.toFixed(2);
      const cell = this.rows[name][side];
      if (cell.textContent !== text) cell.textContent = text;
    }
  }
}
