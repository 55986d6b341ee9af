import { describe, it } from 'vitest';
import type { HexPlaneConfig } from '../../core/deformation/deformation.ts';
import { PLANE_AXES } from '../../core/deformation/hexplane-shapes.ts';
import type { FeaturePlane } from '../../core/deformation/hexplane.ts';
import { REGULARISERS, regularisePlanes, type PlaneWeights } from '../reference/plane-regularisers.ts';
import { Golden } from './golden.ts';
import { passes, VARIANTS, withKernels } from './native-passes.ts';

const golden = new Golden('regularisers');
const published = golden.record('weights');
const [x = 0, y = 0, z = 0, time = 0] = golden.numbers('resolution');
const config: HexPlaneConfig = {
  multires: golden.numbers('multires'),
  channels: golden.number('channels'),
  resolution: [x, y, z, time],
  width: 1,
  depth: 0,
  heads: { position: false, scale: false, rotation: false, opacity: false, sh: false },
  aabb: [
    [1, 1, 1],
    [-1, -1, -1],
  ],
};

const TERMS: Readonly<Record<string, PlaneWeights>> = {
  ...REGULARISERS,
  combined: {
    spaceSmooth: golden.number('plane_tv_weight', published),
    timeSmooth: golden.number('time_smoothness_weight', published),
    timeL1: golden.number('l1_time_planes', published),
  },
};

const PREFIX = 'deformation_net.grid.';
const planeName = (level: number, plane: number): string => `grids.${level}.${plane}`;
const planeNames = config.multires.flatMap((_, level) => PLANE_AXES.map((_axes, plane) => planeName(level, plane)));

/** The value, and the gradients where the golden data has them (some terms have a value only). */
function expected(term: string, value: number, gradients: ReadonlyMap<string, ArrayLike<number>>) {
  const withGradients = planeNames.filter((plane) => golden.names.includes(`grad.${term}.${plane}`));
  return {
    [`value.${term}`]: [value],
    ...Object.fromEntries(
      withGradients.map((plane) => [`grad.${term}.${plane}`, gradients.get(PREFIX + plane) ?? []] as const),
    ),
  };
}

describe.each(golden.namesUnder('value.'))('the plane regulariser %s', (term) => {
  const weights = TERMS[term];
  if (!weights) throw new Error(`no such regulariser: ${term}`);

  it.each(VARIANTS)('native, %s', (variant) => {
    const { value, gradients } = withKernels(variant, () =>
      passes.hexplaneRegularise({
        config,
        parameters: Object.fromEntries(planeNames.map((plane) => [PREFIX + plane, golden.data(`in.${plane}`)])),
        weights,
        threads: 2,
      }),
    );
    golden.check(variant, expected(term, value, new Map(Object.entries(gradients))));
  });

  it('reference', () => {
    const levels = config.multires.map((_, level) =>
      PLANE_AXES.map((_axes, plane): FeaturePlane => {
        const { data, shape } = golden.tensor(`in.${planeName(level, plane)}`);
        const [, , height = 0, width = 0] = shape;
        return { name: PREFIX + planeName(level, plane), data, width, height };
      }),
    );
    const { value, gradients } = regularisePlanes(levels, weights);
    golden.check('reference', expected(term, value, gradients));
  });
});
