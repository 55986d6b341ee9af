import type { Scene } from '../../core/deformation/deformation.ts';
import { allocateGaussians } from '../../core/gaussians.ts';

/** Three Gaussians side by side that do not move: red, green and blue, for 3 frames. */
export function tinyScene(): Scene {
  const gaussians = allocateGaussians(3, 0);
  gaussians.means.set([-0.4, 0, 0.7, 0, 0, 0.7, 0.4, 0, 0.7]);
  gaussians.logScales.fill(Math.log(0.1));
  gaussians.opacityLogits.fill(4);
  for (let i = 0; i < 3; i++) {
    gaussians.quats[i * 4] = 1;
    gaussians.sh.fill(-1.5, i * 3, i * 3 + 3);
    gaussians.sh[i * 4] = 1.5;
  }
  return { gaussians, deformation: { kind: 'static' }, fps: 12, frames: 3, background: [1, 1, 1] };
}
