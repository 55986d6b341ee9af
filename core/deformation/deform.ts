import type { Gaussians } from '../gaussians.ts';
import type { Scene } from './deformation.ts';
import { deformHexPlane } from './hexplane.ts';
import { deformByNodes } from './nodes.ts';

/** The scene's Gaussians at `time`, 0..1 over the clip; times outside are clamped. */
export function gaussiansAt(scene: Scene, time: number): Gaussians {
  const { gaussians, deformation } = scene;
  const clamped = Math.min(Math.max(time, 0), 1);
  switch (deformation.kind) {
    case 'static':
      return gaussians;
    case 'nodes':
      return deformByNodes(gaussians, deformation, clamped);
    case 'hexplane':
      return deformHexPlane(gaussians, deformation, clamped);
  }
}
