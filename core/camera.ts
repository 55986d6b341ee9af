/**
 * A pinhole camera. Pixel (column i, row j) has its centre at (i + 0.5, j + 0.5).
 * `cameraToWorld` is 4x4 row-major with OpenGL axes (x right, y up, z backward); the world is right-handed, z up.
 */
export interface Camera {
  readonly width: number;
  readonly height: number;
  /** Focal lengths and principal point in pixels of width x height. */
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly cameraToWorld: Float64Array;
}

/**
 * World-to-camera matrix, 4x4 row-major, in OpenCV axes (x right, y down, z forward): what the rasteriser takes.
 * The rotation of `cameraToWorld` must be orthonormal.
 */
export function viewMatrix(camera: Camera): Float64Array {
  const m = camera.cameraToWorld;
  const at = (row: number, column: number): number => m[row * 4 + column] ?? 0;
  const view = new Float64Array(16);
  for (let row = 0; row < 3; row++) {
    const sign = row === 0 ? 1 : -1; // OpenGL's y and z axes point the other way
    let translation = 0;
    for (let column = 0; column < 3; column++) {
      view[row * 4 + column] = sign * at(column, row);
      translation -= sign * at(column, row) * at(column, 3);
    }
    view[row * 4 + 3] = translation;
  }
  view[15] = 1;
  return view;
}

/** The same camera for a picture of another size. */
export function resizeCamera(camera: Camera, width: number, height: number): Camera {
  const sx = width / camera.width;
  const sy = height / camera.height;
  return {
    width,
    height,
    fx: camera.fx * sx,
    fy: camera.fy * sy,
    cx: camera.cx * sx,
    cy: camera.cy * sy,
    cameraToWorld: camera.cameraToWorld,
  };
}
