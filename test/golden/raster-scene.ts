import type { Gaussians } from '../../core/gaussians.ts';
import type { RasterCamera } from '../../native/addon/index.ts';
import type { Golden } from './golden.ts';
import { type RenderResult, SPLAT_FLOATS, SPLAT_GRADIENTS } from './native-passes.ts';

/** Names of the golden raster scenes. */
export const RASTER_SCENES = ['raster_tiny', 'raster_opaque', 'raster_small', 'raster_white_bg'];

/** What a scene's files say. */
export interface RasterScene {
  readonly gaussians: Gaussians;
  readonly camera: RasterCamera;
  readonly background: Float32Array;
}

export function rasterScene(golden: Golden): RasterScene {
  const camera = golden.record('camera');
  const number = (key: string): number => golden.number(key, camera);
  const [count = 0, coefficients = 0] = golden.tensor('in.sh').shape;
  return {
    gaussians: {
      count,
      shDegree: Math.sqrt(coefficients) - 1,
      means: golden.data('in.means'),
      logScales: golden.data('in.log_scales'),
      quats: golden.data('in.quats'),
      opacityLogits: golden.data('in.opacity_logits'),
      sh: golden.data('in.sh'),
    },
    camera: {
      view: Float64Array.from(golden.data('in.viewmat')),
      fx: number('fx'),
      fy: number('fy'),
      cx: number('cx'),
      cy: number('cy'),
      width: number('width'),
      height: number('height'),
    },
    background: golden.data('in.background'),
  };
}

/** Columns first .. first + width - 1 of rows of `stride` numbers. */
function columns(rows: Float32Array, stride: number, first: number, width: number): Float32Array {
  return Float32Array.from({ length: (rows.length / stride) * width }, (_, k) => {
    return rows[Math.floor(k / width) * stride + first + (k % width)] ?? NaN;
  });
}

/** Places in `Splat` of native/addon/src/kernel_args.h: first number and how many. */
const SPLAT = {
  means2d: [0, 2],
  conics: [2, 3],
  opacities: [5, 1],
  colors: [6, 3],
  depths: [9, 1],
  cov2d: [12, 3],
} as const;

export function splatColumns({ splats }: RenderResult, name: keyof typeof SPLAT): Float32Array {
  const [first, width] = SPLAT[name];
  return columns(splats, SPLAT_FLOATS, first, width);
}

/** Gradients of the conics (the off-diagonal entry counts once) and of the colours after their clamp. */
export function splatGradients({ splatGradients: rows }: RenderResult): Record<'conics' | 'colors', Float32Array> {
  const factors = [-0.5, -1, -0.5];
  const moments = columns(rows, SPLAT_GRADIENTS, 6, 3);
  return {
    colors: columns(rows, SPLAT_GRADIENTS, 0, 3),
    conics: moments.map((x, k) => x * (factors[k % 3] ?? NaN)),
  };
}

/** The golden names of the images and gradients, under `prefix`, of a native result. */
export function namedResults(result: RenderResult, images: string, gradients: string): Record<string, Float32Array> {
  return {
    [`${images}.rgb`]: result.rgb,
    [`${images}.alpha`]: result.transmittance.map((t) => 1 - t),
    [`${images}.depth`]: result.depth,
    [`${gradients}.means`]: result.means,
    [`${gradients}.log_scales`]: result.logScales,
    [`${gradients}.quats`]: result.quats,
    [`${gradients}.opacity_logits`]: result.opacityLogits,
    [`${gradients}.sh`]: result.sh,
    [`${gradients}.means2d`]: result.means2d,
    [`${gradients}.conics`]: splatGradients(result).conics,
    [`${gradients}.colors`]: splatGradients(result).colors,
  };
}
