/** Values of a grid, row by row. */
export interface ValueGrid {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** A grid of values at another size: means over the area a new cell covers, or bilinear where it is enlarged. */
export function resample({ width, height, values }: ValueGrid, newWidth: number, newHeight: number): Float32Array {
  const rows = resampleLines(values, width, height, newWidth);
  return transpose(resampleLines(transpose(rows, newWidth, height), height, newWidth, newHeight), newHeight, newWidth);
}

/** Every line of `lines` at another length: each new value is a tent-weighted mean of the old ones around it. */
function resampleLines(values: Float32Array, length: number, lines: number, newLength: number): Float32Array {
  if (length === newLength) return values;
  const out = new Float32Array(newLength * lines);
  const scale = length / newLength;
  const reach = Math.max(scale, 1);
  for (let i = 0; i < newLength; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const low = Math.max(Math.ceil(centre - reach), 0);
    const high = Math.min(Math.floor(centre + reach), length - 1);
    const weights = Float64Array.from({ length: high - low + 1 }, (_, k) =>
      Math.max(1 - Math.abs(low + k - centre) / reach, 1e-6),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let line = 0; line < lines; line++) {
      let sum = 0;
      for (let k = low; k <= high; k++) sum += (weights[k - low] ?? 0) * (values[line * length + k] ?? 0);
      out[line * newLength + i] = sum / total;
    }
  }
  return out;
}

function transpose(values: Float32Array, width: number, height: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[x * height + y] = values[y * width + x] ?? 0;
  }
  return out;
}
