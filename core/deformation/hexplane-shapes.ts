import type { HexPlaneConfig } from './deformation.ts';

/** Axes (width, height) of the six planes in their published order; axis 3 is time. */
export const PLANE_AXES = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
  [2, 3],
] as const;

/** The head of each parameter: its published name and how many numbers it moves. */
export const HEADS = {
  position: ['pos_deform', 3],
  scale: ['scales_deform', 3],
  rotation: ['rotations_deform', 4],
  opacity: ['opacity_deform', 1],
  sh: ['shs_deform', 48],
} as const;

/** The weights a HexPlane deformation consists of: published name to published shape. */
export function hexPlaneShapes(config: HexPlaneConfig): ReadonlyMap<string, readonly number[]> {
  const { multires, channels, resolution, width, depth, heads } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, outputs: number, inputs: number): void => {
    shapes.set(`deformation_net.${name}.weight`, [outputs, inputs]);
    shapes.set(`deformation_net.${name}.bias`, [outputs]);
  };
  multires.forEach((factor, level) => {
    const size = (axis: 0 | 1 | 2 | 3): number => resolution[axis] * (axis === 3 ? 1 : factor);
    PLANE_AXES.forEach(([a, b], plane) => {
      shapes.set(`deformation_net.grid.grids.${level}.${plane}`, [1, channels, size(b), size(a)]);
    });
  });
  for (let layer = 0; layer < Math.max(1, depth); layer++) {
    linear(`feature_out.${layer * 2}`, width, layer === 0 ? channels * multires.length : width);
  }
  for (const head of ['position', 'scale', 'rotation', 'opacity', 'sh'] as const) {
    if (!heads[head]) continue;
    const [name, outputs] = HEADS[head];
    linear(`${name}.1`, width, width);
    linear(`${name}.3`, outputs, width);
  }
  return shapes;
}
