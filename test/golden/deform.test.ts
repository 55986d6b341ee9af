import { describe, expect, it } from 'vitest';
import type { HexPlaneConfig } from '../../core/deformation/deformation.ts';
import { deformHexPlane, evaluateHexPlane, openHexPlane } from '../../core/deformation/hexplane.ts';
import { hexPlaneShapes } from '../../core/deformation/hexplane-shapes.ts';
import type { Gaussians } from '../../core/gaussians.ts';
import { hexPlaneGradients } from '../reference/hexplane-backward.ts';
import { Golden } from './golden.ts';
import { passes, VARIANTS, withKernels, type GaussianFloats } from './native-passes.ts';

/** The published configuration file's names. */
function configOf(golden: Golden): HexPlaneConfig {
  const config = golden.record('config');
  const planes = golden.record('kplanes_config', config);
  const [x = 0, y = 0, z = 0, time = 0] = golden.numbers('resolution', planes);
  const corner = (key: string): [number, number, number] => {
    const [cx = 0, cy = 0, cz = 0] = golden.numbers(key);
    return [cx, cy, cz];
  };
  return {
    multires: golden.numbers('multires', config),
    channels: golden.number('output_coordinate_dim', planes),
    resolution: [x, y, z, time],
    width: golden.number('net_width', config),
    depth: golden.number('defor_depth', config),
    heads: {
      position: config.no_dx === false,
      scale: config.no_ds === false,
      rotation: config.no_dr === false,
      opacity: config.no_do === false,
      sh: config.no_dshs === false,
    },
    aabb: [corner('aabb_row0_max'), corner('aabb_row1_min')],
  };
}

const floatsUnder = (golden: Golden, prefix: string): GaussianFloats => ({
  positions: golden.data(`${prefix}.positions`),
  logScales: golden.data(`${prefix}.log_scales`),
  quats: golden.data(`${prefix}.quats`),
  opacityLogits: golden.data(`${prefix}.opacity_logits`),
  sh: golden.data(`${prefix}.sh`),
});

type Numbers = ArrayLike<number>;

/** The golden names of results, so that they can be compared item by item. */
function named(prefix: string, values: Readonly<Record<keyof GaussianFloats, Numbers>>): Record<string, Numbers> {
  return {
    [`${prefix}.positions`]: values.positions,
    [`${prefix}.log_scales`]: values.logScales,
    [`${prefix}.quats`]: values.quats,
    [`${prefix}.opacity_logits`]: values.opacityLogits,
    [`${prefix}.sh`]: values.sh,
  };
}

const prefixed = (prefix: string, items: Iterable<readonly [string, Numbers]>): Record<string, Numbers> =>
  Object.fromEntries([...items].map(([name, values]) => [prefix + name, values]));

describe.each(['deform_a', 'deform_b'])('the deformation network of %s', (name) => {
  const golden = new Golden(name);
  const config = configOf(golden);
  const parameterNames = [...hexPlaneShapes(config).keys()];
  const inputs = floatsUnder(golden, 'in');
  const weights = floatsUnder(golden, 'w');
  const [count = 0, coefficients = 0] = golden.tensor('in.sh').shape;
  const time = golden.data('in.time');

  it('has gradients of exactly the parameters that are on', () => {
    expect(golden.namesUnder('grad.param.').sort()).toEqual([...parameterNames].sort());
  });

  describe.each(VARIANTS)('native, %s', (variant) => {
    const run = () =>
      withKernels(variant, () =>
        passes.hexplaneForwardBackward({
          config,
          parameters: Object.fromEntries(parameterNames.map((key) => [key, golden.data(`param.${key}`)])),
          inputs: { ...inputs, count, shCoefficients: coefficients, time },
          weights,
          threads: 2,
        }),
      );

    it('gives the outputs', () => {
      const { outputs } = run();
      golden.check(variant, {
        ...named('out', outputs),
        'out.hexplane_features': outputs.hexplaneFeatures,
        'out.hidden': outputs.hidden ?? [],
      });
    });

    it('gives the gradients', () => {
      const { inputGradients, parameterGradients } = run();
      golden.check(variant, {
        ...named('grad.in', inputGradients),
        ...prefixed('grad.param.', Object.entries(parameterGradients)),
      });
    });
  });

  describe('reference', () => {
    const network = openHexPlane({
      kind: 'hexplane',
      config,
      parameters: new Map(parameterNames.map((key) => [key, golden.tensor(`param.${key}`)])),
    });
    const gaussians: Gaussians = {
      ...inputs,
      count,
      shDegree: Math.sqrt(coefficients) - 1,
      means: inputs.positions,
    };

    it('gives the outputs', () => {
      const moved = deformHexPlane(gaussians, network, time);
      const traces = Array.from({ length: count }, (_, i) =>
        evaluateHexPlane(network, [...inputs.positions.subarray(3 * i, 3 * i + 3)], time[i] ?? 0),
      );
      golden.check('reference', {
        ...named('out', { ...moved, positions: moved.means }),
        'out.hexplane_features': traces.flatMap(({ features }) => [...features]),
        'out.hidden': traces.flatMap(({ trunk }) => [...(trunk.at(-1) ?? [])]),
      });
    });

    it('gives the gradients', () => {
      const { positions: position, logScales: scale, quats: rotation, opacityLogits: opacity, sh } = weights;
      const gradients = hexPlaneGradients(network, gaussians, time, { position, scale, rotation, opacity, sh });
      const { inputs: dx } = gradients;
      golden.check('reference', {
        ...named('grad.in', {
          positions: dx.position,
          logScales: dx.scale,
          quats: dx.rotation,
          opacityLogits: dx.opacity,
          sh: dx.sh,
        }),
        ...prefixed('grad.param.', gradients.parameters),
      });
    });
  });
});
