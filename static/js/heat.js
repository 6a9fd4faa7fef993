// A heat map of units by time as one picture that ECharts puts into its axes.
import { axis } from "./chart.js";
import { diverging, sequential } from "./palette.js";

const widest = 1200; // pixels of the picture; more samples are averaged

// heatPicture paints data (rows, columns) of float32, row-major, with time to the
// right and columns upwards, from low to high in the table of colours.
export function heatPicture({ data, rows, columns }, low, high, colours) {
  const width = Math.min(rows, widest);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = columns;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, columns);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = 255 / Math.max(1e-9, high - low);
  for (let i = 0; i < width; i++) {
    const from = Math.floor((i * rows) / width), to = Math.max(from + 1, Math.floor(((i + 1) * rows) / width));
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let t = from; t < to; t++) sum += data[t * columns + c];
      const at = Math.round((sum / (to - from) - low) * scale);
      pixels[(columns - 1 - c) * width + i] = colours[Math.max(0, Math.min(255, at))];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// bounds are those of a map: 0 to 1 for gains, else as far below 0 as above it.
export function heatBounds(frame, gains) {
  if (gains) return [0, 1];
  let most = 1e-6;
  for (const v of frame.data) most = Math.max(most, Math.abs(v));
  return [-most, most];
}

// heatOption shows the map over the samples from..to.
export function heatOption(frame, gains, marks, unit) {
  const [low, high] = heatBounds(frame, gains);
  const picture = heatPicture(frame, low, high, gains ? sequential() : diverging());
  return {
    grid: { left: 64, right: 96, top: 16, bottom: 48 },
    xAxis: axis("time (samples)", { min: 0, max: frame.rows, scale: false }),
    yAxis: axis(unit, { min: 0, max: frame.columns, scale: false, nameGap: 40 }),
    visualMap: {
      type: "continuous", min: low, max: high, right: 8, top: "middle", itemHeight: 140, itemWidth: 12, seriesIndex: 1, precision: 1,
      text: [high.toPrecision(2), low === 0 ? "0" : `−${high.toPrecision(2)}`], textStyle: { color: "var(--muted)" },
      inRange: { color: gains ? ["var(--card)", "var(--feedback)"] : ["var(--modulation-minus)", "var(--card)", "var(--modulation-plus)"] },
    },
    series: [
      {
        type: "custom", silent: true, data: [[0, 0]], clip: true,
        renderItem: (_, api) => {
          const [x, y] = api.coord([0, frame.columns]);
          const [right, bottom] = api.coord([frame.rows, 0]);
          return { type: "image", style: { image: picture, x, y, width: right - x, height: bottom - y } };
        },
        markLine: marks,
      },
      { type: "scatter", data: [] },
    ],
  };
}
