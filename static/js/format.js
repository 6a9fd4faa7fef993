// Numbers and times as one reads them; the same rules as web/text.go.

export function number(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  if (x === 0) return "0";
  const a = Math.abs(x);
  if (a >= 1e5 || a < 1e-3) {
    const [mantissa, exponent] = x.toExponential(1).split("e");
    return `${mantissa.replace(/\.0$/, "").replace("-", "−")}·10${superscript(Number(exponent))}`;
  }
  return x.toFixed(Math.max(0, 2 - Math.floor(Math.log10(a)))).replace("-", "−");
}

function superscript(n) {
  return String(n).replace(/[-0-9]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]);
}

export function count(n) {
  return Math.round(n).toString().replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

export function duration(seconds) {
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > 1e9) return "–";
  if (seconds > 0 && seconds < 0.001) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 0.01) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const s = Math.round(seconds);
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}
