import { floatTensor, type Tensor } from '../../onnx/tensor.ts';

const MAX_PERIOD = 10_000;

/**
 * Sinusoids of the times [batch, width], cosines first. Each step is rounded to float32 as in the authors' code, whose angles of up to 999
 * radians differ from exact ones; it is done here since graphics cards take the cosine of such angles less exactly.
 */
export function timeProjection(timesteps: readonly number[], width: number): Tensor {
  const half = width / 2;
  const slope = Math.fround(-Math.log(MAX_PERIOD));
  const frequencies = Array.from({ length: half }, (_, k) =>
    Math.fround(Math.exp(Math.fround(Math.fround(slope * k) / half))),
  );
  const rows = timesteps.map((time) => {
    const angles = frequencies.map((frequency) => Math.fround(Math.fround(time) * frequency));
    return [...angles.map(Math.cos), ...angles.map(Math.sin)];
  });
  return floatTensor(rows.flat(), [timesteps.length, width]);
}
