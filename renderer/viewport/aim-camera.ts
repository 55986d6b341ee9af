import type { PerspectiveCamera } from 'three';
import type { Camera } from '../../core/camera.ts';
import { projectionMatrix } from '../../core/viewer/projection.ts';

const NEAR = 0.05;
const FAR = 500;

type Sixteen = Parameters<PerspectiveCamera['matrix']['set']>;

/** Makes three's camera the pinhole camera. It must not update its matrices by itself. */
export function aimCamera(target: PerspectiveCamera, camera: Camera): void {
  target.matrix.set(...(Array.from(camera.cameraToWorld) as unknown as Sixteen));
  target.matrix.decompose(target.position, target.quaternion, target.scale);
  target.matrixWorldNeedsUpdate = true;
  target.updateMatrixWorld(true);
  target.projectionMatrix.set(...(projectionMatrix(camera, NEAR, FAR) as unknown as Sixteen));
  target.projectionMatrixInverse.copy(target.projectionMatrix).invert();
}
