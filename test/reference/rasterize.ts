import type { Gaussians } from '../../core/gaussians.ts';
import { shCoefficients } from '../../core/gaussians.ts';
import { shBasis } from '../../core/spherical-harmonics.ts';
import type { RasterCamera } from '../../native/addon/index.ts';

/**
 * Rendering of Gaussians one pixel and one Gaussian after the other in double precision, and its derivative: what the
 * native passes must give. Matrices are row-major arrays.
 */
export interface ReferenceScene {
  readonly gaussians: Gaussians;
  readonly camera: RasterCamera;
  /** [3] */
  readonly background: ArrayLike<number>;
  /** Added to the colours before their clamp, [N, 3]. */
  readonly colorOffsets?: ArrayLike<number>;
}

/** The constants are float32 roundings: two layers at the alpha limit decide by them. */
const NEAR_PLANE = Math.fround(0.2);
const LOW_PASS = Math.fround(0.3);
const FOV_MARGIN = Math.fround(1.3);
const MIN_ALPHA = Math.fround(1 / 255);
const MAX_ALPHA = Math.fround(0.99);
const MIN_TRANSMITTANCE = Math.fround(1e-4);

type Numbers = ArrayLike<number>;

const row = (values: Numbers, index: number, width: number): number[] =>
  Array.from({ length: width }, (_, k) => values[index * width + k] ?? NaN);

/** [n x m] times [m x p]. */
function multiply(a: readonly number[], b: readonly number[], n: number, m: number, p: number): number[] {
  return Array.from({ length: n * p }, (_, at) => {
    const [i, j] = [Math.floor(at / p), at % p];
    let sum = 0;
    for (let k = 0; k < m; k++) sum += (a[i * m + k] ?? NaN) * (b[k * p + j] ?? NaN);
    return sum;
  });
}

const transpose = (a: readonly number[], rows: number, columns: number): number[] =>
  Array.from({ length: rows * columns }, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)] ?? NaN);

const dot = (a: Numbers, b: Numbers): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] ?? NaN) * (b[k] ?? NaN);
  return sum;
};

/** Rotation matrix of a quaternion that has length 1. */
function rotationMatrix([w = 0, x = 0, y = 0, z = 0]: readonly number[]): number[] {
  return [
    ...[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    ...[2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    ...[2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}

/** Its derivatives with respect to w, x, y, z. */
function rotationDerivatives([w = 0, x = 0, y = 0, z = 0]: readonly number[]): number[][] {
  return [
    [0, -z, y, z, 0, -x, -y, x, 0],
    [0, y, z, y, -2 * x, -w, z, w, -2 * x],
    [-2 * y, x, w, x, 0, z, -w, z, -2 * y],
    [-2 * z, -w, x, w, -2 * z, y, x, y, 0],
  ].map((matrix) => matrix.map((value) => 2 * value));
}

/** One Gaussian in the picture, with all that its derivative needs. */
export interface Projected {
  readonly visible: boolean;
  /** Camera space. */
  readonly position: readonly number[];
  /** Pixels. */
  readonly centre: readonly [number, number];
  /** 2D covariance with the low-pass and its inverse: xx, xy, yy. */
  readonly covariance: readonly [number, number, number];
  readonly conic: readonly [number, number, number];
  readonly opacity: number;
  /** Before and after the clamp at 0. */
  readonly rawColor: readonly number[];
  readonly color: readonly number[];
  readonly unitQuat: readonly number[];
  readonly quatLength: number;
  readonly scales: readonly number[];
  /** Rotation times scales, 3x3. */
  readonly axes: readonly number[];
  /** Camera rotation, 3x3. */
  readonly viewRotation: readonly number[];
  /** Jacobian of the projection, 2x3, and whether the clamp of the field of view holds along x and y. */
  readonly jacobian: readonly number[];
  readonly clamped: readonly [boolean, boolean];
}

function viewOf({ view }: RasterCamera): { rotation: number[]; translation: number[]; position: number[] } {
  const rotation = [0, 1, 2, 4, 5, 6, 8, 9, 10].map((k) => view[k] ?? NaN);
  const translation = [3, 7, 11].map((k) => view[k] ?? NaN);
  const position = multiply(transpose(rotation, 3, 3), translation, 3, 3, 1).map((x) => -x);
  return { rotation, translation, position };
}

export function projectReference(scene: ReferenceScene, index: number): Projected {
  const { gaussians, camera } = scene;
  const { rotation, translation, position: eye } = viewOf(camera);
  const mean = row(gaussians.means, index, 3);
  const position = multiply(rotation, mean, 3, 3, 1).map((value, k) => value + (translation[k] ?? NaN));
  const [x = 0, y = 0, z = 0] = position;

  const quat = row(gaussians.quats, index, 4);
  const quatLength = Math.hypot(...quat);
  const unitQuat = quat.map((value) => value / quatLength);
  const scales = row(gaussians.logScales, index, 3).map(Math.exp);
  const axes = rotationMatrix(unitQuat).map((value, k) => value * (scales[k % 3] ?? NaN));

  const limitX = (FOV_MARGIN * camera.width) / (2 * camera.fx);
  const limitY = (FOV_MARGIN * camera.height) / (2 * camera.fy);
  const clamp = (value: number, limit: number): number => Math.min(Math.max(value, -limit), limit);
  const jacobian = [
    ...[camera.fx / z, 0, (-camera.fx * clamp(x / z, limitX)) / z],
    ...[0, camera.fy / z, (-camera.fy * clamp(y / z, limitY)) / z],
  ];
  const flat = multiply(multiply(jacobian, rotation, 2, 3, 3), axes, 2, 3, 3);
  const [xx = 0, xy = 0, , yy = 0] = multiply(flat, transpose(flat, 2, 3), 2, 3, 2);
  const covariance = [xx + LOW_PASS, xy, yy + LOW_PASS] as const;
  const det = covariance[0] * covariance[2] - xy * xy;

  const toward = mean.map((value, k) => value - (eye[k] ?? NaN));
  const [dx = 0, dy = 0, dz = 0] = toward.map((value) => value / Math.hypot(...toward));
  const basis = shBasis(gaussians.shDegree, dx, dy, dz);
  const rawColor = [0, 1, 2].map((channel) => {
    const sum = basis.reduce((total, b, k) => total + b * (shOf(gaussians, index, k, channel) ?? NaN), 0);
    return sum + 0.5 + (scene.colorOffsets?.[index * 3 + channel] ?? 0);
  });
  return {
    visible: z > NEAR_PLANE,
    position,
    centre: [(camera.fx * x) / z + camera.cx, (camera.fy * y) / z + camera.cy],
    covariance,
    conic: [covariance[2] / det, -xy / det, covariance[0] / det],
    opacity: 1 / (1 + Math.exp(-(gaussians.opacityLogits[index] ?? NaN))),
    rawColor,
    color: rawColor.map((value) => Math.max(value, 0)),
    unitQuat,
    quatLength,
    scales,
    axes,
    viewRotation: rotation,
    jacobian,
    clamped: [Math.abs(x / z) > limitX, Math.abs(y / z) > limitY],
  };
}

const shOf = ({ sh, shDegree }: Gaussians, index: number, k: number, channel: number): number | undefined =>
  sh[(index * shCoefficients(shDegree) + k) * 3 + channel];

/** The visible Gaussians from near to far, ties by index. */
function inOrder(scene: ReferenceScene): { readonly index: number; readonly splat: Projected }[] {
  return Array.from({ length: scene.gaussians.count }, (_, index) => ({
    index,
    splat: projectReference(scene, index),
  }))
    .filter(({ splat }) => splat.visible)
    .sort((a, b) => (a.splat.position[2] ?? 0) - (b.splat.position[2] ?? 0) || a.index - b.index);
}

/** A Gaussian's part in a pixel. */
interface Layer {
  readonly index: number;
  readonly splat: Projected;
  /** Centre minus pixel. */
  readonly dx: number;
  readonly dy: number;
  readonly alpha: number;
  /** False where the limit of alpha holds: no gradient passes. */
  readonly free: boolean;
  /** What is left for this layer. */
  readonly transmittance: number;
}

/** What a pixel shows, and how far, relatively, its nearest decision is from falling the other way. */
function compositePixel(
  splats: readonly { readonly index: number; readonly splat: Projected }[],
  x: number,
  y: number,
): { layers: Layer[]; transmittance: number; margin: number } {
  const layers: Layer[] = [];
  let transmittance = 1;
  let margin = Infinity;
  for (const { index, splat } of splats) {
    const [a, b, c] = splat.conic;
    const dx = splat.centre[0] - x;
    const dy = splat.centre[1] - y;
    const power = -0.5 * (a * dx * dx + c * dy * dy) - b * dx * dy;
    const raw = splat.opacity * Math.exp(power);
    margin = Math.min(margin, Math.abs(raw / MIN_ALPHA - 1), Math.abs(raw / MAX_ALPHA - 1));
    if (power > 0 || raw < MIN_ALPHA) continue;
    const alpha = Math.min(raw, MAX_ALPHA);
    const after = transmittance * (1 - alpha);
    margin = Math.min(margin, Math.abs(after / MIN_TRANSMITTANCE - 1));
    if (after < MIN_TRANSMITTANCE) break;
    layers.push({ index, splat, dx, dy, alpha, free: raw < MAX_ALPHA, transmittance });
    transmittance = after;
  }
  return { layers, transmittance, margin };
}

export interface ReferenceImages {
  /** [3, height, width] */
  readonly rgb: Float64Array;
  /** [height, width] each. */
  readonly alpha: Float64Array;
  readonly depth: Float64Array;
  /** Relative distance of each pixel's nearest decision from its threshold. */
  readonly margin: Float64Array;
}

export function renderReference(scene: ReferenceScene): ReferenceImages {
  const { width, height } = scene.camera;
  const pixels = width * height;
  const splats = inOrder(scene);
  const images = {
    rgb: new Float64Array(3 * pixels),
    alpha: new Float64Array(pixels),
    depth: new Float64Array(pixels),
    margin: new Float64Array(pixels),
  };
  for (let p = 0; p < pixels; p++) {
    const pixel = compositePixel(splats, (p % width) + 0.5, Math.floor(p / width) + 0.5);
    const sum = (value: (splat: Projected) => number): number =>
      pixel.layers.reduce((total, layer) => total + value(layer.splat) * layer.alpha * layer.transmittance, 0);
    for (let c = 0; c < 3; c++) {
      images.rgb[c * pixels + p] =
        sum((splat) => splat.color[c] ?? NaN) + pixel.transmittance * (scene.background[c] ?? NaN);
    }
    images.alpha[p] = 1 - pixel.transmittance;
    images.depth[p] = sum((splat) => splat.position[2] ?? NaN);
    images.margin[p] = pixel.margin;
  }
  return images;
}

/** Gradients with respect to the images; alpha and depth may be left out. */
export interface ImageGradients {
  readonly rgb: Numbers;
  readonly alpha?: Numbers;
  readonly depth?: Numbers;
}

export interface ReferenceGradients {
  readonly means: Float64Array;
  readonly logScales: Float64Array;
  readonly quats: Float64Array;
  readonly opacityLogits: Float64Array;
  readonly sh: Float64Array;
  /** Of the projected centre, the conic (its off-diagonal entry once), and the colour after its clamp. */
  readonly means2d: Float64Array;
  readonly conics: Float64Array;
  readonly colors: Float64Array;
  /** Of the colour offsets. */
  readonly colorOffsets: Float64Array;
}

/** Derivative of the sum of gradients times images. */
export function renderReferenceBackward(scene: ReferenceScene, images: ImageGradients): ReferenceGradients {
  const { count, shDegree } = scene.gaussians;
  const { width, height } = scene.camera;
  const pixels = width * height;
  const out = {
    means: new Float64Array(3 * count),
    logScales: new Float64Array(3 * count),
    quats: new Float64Array(4 * count),
    opacityLogits: new Float64Array(count),
    sh: new Float64Array(3 * shCoefficients(shDegree) * count),
    means2d: new Float64Array(2 * count),
    conics: new Float64Array(3 * count),
    colors: new Float64Array(3 * count),
    colorOffsets: new Float64Array(3 * count),
  };
  const opacities = new Float64Array(count);
  const depths = new Float64Array(count);
  const splats = inOrder(scene);

  for (let p = 0; p < pixels; p++) {
    const { layers, transmittance } = compositePixel(splats, (p % width) + 0.5, Math.floor(p / width) + 0.5);
    const rgb = [0, 1, 2].map((c) => images.rgb[c * pixels + p] ?? NaN);
    const [alphaGradient, depthGradient] = [images.alpha?.[p] ?? 0, images.depth?.[p] ?? 0];
    // What lies behind the layer, dotted with the pixel's gradients. Alpha is a channel in which every layer is 1.
    let behind = transmittance * dot(rgb, scene.background);
    for (const layer of layers.reverse()) {
      const { index, splat, alpha, dx, dy } = layer;
      const depth = splat.position[2] ?? NaN;
      const weight = alpha * layer.transmittance;
      const shown = dot(splat.color, rgb) + alphaGradient + depth * depthGradient;
      rgb.forEach((g, c) => {
        add(out.colors, index * 3 + c, weight * g);
      });
      add(depths, index, weight * depthGradient);
      const dAlpha = layer.transmittance * shown - behind / (1 - alpha);
      behind += weight * shown;
      if (!layer.free) continue;
      add(opacities, index, (dAlpha * alpha) / splat.opacity);
      const dPower = dAlpha * alpha;
      const [a, b, c] = splat.conic;
      [-0.5 * dx * dx, -dx * dy, -0.5 * dy * dy].forEach((d, k) => {
        add(out.conics, index * 3 + k, dPower * d);
      });
      add(out.means2d, index * 2, -dPower * (a * dx + b * dy));
      add(out.means2d, index * 2 + 1, -dPower * (b * dx + c * dy));
    }
  }
  for (const { index, splat } of splats) {
    const { opacity } = splat;
    out.opacityLogits[index] = (opacities[index] ?? NaN) * opacity * (1 - opacity);
    projectBackward(scene, index, splat, depths[index] ?? NaN, out);
  }
  return out;
}

const add = (to: Float64Array, at: number, value: number): void => {
  to[at] = (to[at] ?? NaN) + value;
};

/** From the gradients of the splat in `out` to those of the Gaussian's parameters. */
function projectBackward(
  { gaussians, camera }: ReferenceScene,
  index: number,
  splat: Projected,
  depthGradient: number,
  out: ReferenceGradients,
): void {
  const { jacobian, viewRotation, axes, scales, unitQuat } = splat;
  // K = C^-1, so dL/dC = -K (dL/dK) K, with the off-diagonal gradient shared between its two places.
  const [ka, kb, kc] = splat.conic;
  const conic = [ka, kb, kb, kc];
  const [ga = 0, gb = 0, gc = 0] = row(out.conics, index, 3);
  const dCovariance = multiply(multiply(conic, [ga, gb / 2, gb / 2, gc], 2, 2, 2), conic, 2, 2, 2).map((x) => -x);
  // C = T S T^T + low-pass with T = J W and S = A A^T.
  const t = multiply(jacobian, viewRotation, 2, 3, 3);
  const dSigma = multiply(multiply(transpose(t, 2, 3), dCovariance, 3, 2, 2), t, 3, 2, 3);
  const sigma = multiply(axes, transpose(axes, 3, 3), 3, 3, 3);
  const dT = multiply(multiply(dCovariance, t, 2, 2, 3), sigma, 2, 3, 3).map((x) => 2 * x);
  const dAxes = multiply(dSigma, axes, 3, 3, 3).map((x) => 2 * x);
  // A = R diag(scales), so scale_j dA/dscale_j is the column j of A.
  for (let j = 0; j < 3; j++) {
    for (let i = 0; i < 3; i++) add(out.logScales, index * 3 + j, (dAxes[i * 3 + j] ?? NaN) * (axes[i * 3 + j] ?? NaN));
  }
  const dRotation = dAxes.map((value, k) => value * (scales[k % 3] ?? NaN));
  const dUnit = rotationDerivatives(unitQuat).map((derivative) => dot(dRotation, derivative));
  const along = dot(dUnit, unitQuat);
  unitQuat.forEach((q, k) => {
    out.quats[index * 4 + k] = ((dUnit[k] ?? NaN) - q * along) / splat.quatLength;
  });

  // J = [fx/z 0 -fx r/z; 0 fy/z -fy s/z] with r = x/z and s = y/z, or the limits where these are clamped.
  const dJacobian = multiply(dT, transpose(viewRotation, 3, 3), 2, 3, 3);
  const [x = 0, y = 0, z = 0] = splat.position;
  const { fx, fy } = camera;
  const [du = 0, dv = 0] = row(out.means2d, index, 2);
  const dPosition = [(du * fx) / z, (dv * fy) / z, depthGradient - (du * fx * x + dv * fy * y) / (z * z)];
  for (const [axis, focal] of [
    [0, fx],
    [1, fy],
  ] as const) {
    const dScale = dJacobian[axis * 3 + axis] ?? NaN;
    const dSlope = dJacobian[axis * 3 + 2] ?? NaN;
    // The slope entry e is -f r / z: de/dz = -e/z for the division and again -e/z through r unless that is clamped.
    const entry = jacobian[axis * 3 + 2] ?? NaN;
    const isClamped = splat.clamped[axis];
    dPosition[2] = (dPosition[2] ?? NaN) - (dScale * focal) / (z * z) - (dSlope * entry * (isClamped ? 1 : 2)) / z;
    if (!isClamped) dPosition[axis] = (dPosition[axis] ?? NaN) - (dSlope * focal) / (z * z);
  }
  const dMean = multiply(transpose(viewRotation, 3, 3), dPosition, 3, 3, 1);
  colorBackward(gaussians, camera, index, splat, dMean, out);
  dMean.forEach((value, k) => {
    out.means[index * 3 + k] = value;
  });
}

/** Gradients of the SH coefficients; those of the centre through the direction of view are added to `dMean`. */
function colorBackward(
  gaussians: Gaussians,
  camera: RasterCamera,
  index: number,
  { rawColor }: Projected,
  dMean: number[],
  out: ReferenceGradients,
): void {
  const { shDegree } = gaussians;
  const { position: eye } = viewOf(camera);
  const toward = row(gaussians.means, index, 3).map((value, k) => value - (eye[k] ?? NaN));
  const distance = Math.hypot(...toward);
  const direction = toward.map((value) => value / distance);
  const [dx = 0, dy = 0, dz = 0] = direction;
  const dColor = row(out.colors, index, 3).map((g, c) => ((rawColor[c] ?? NaN) > 0 ? g : 0));
  dColor.forEach((g, c) => {
    out.colorOffsets[index * 3 + c] = g;
  });
  const basis = shBasis(shDegree, dx, dy, dz);
  const dBasis = basis.map((b, k) => {
    dColor.forEach((g, c) => {
      out.sh[(index * basis.length + k) * 3 + c] = b * g;
    });
    return dot(dColor, [
      shOf(gaussians, index, k, 0) ?? NaN,
      shOf(gaussians, index, k, 1) ?? NaN,
      shOf(gaussians, index, k, 2) ?? NaN,
    ]);
  });
  // The harmonics are polynomials of degree 3 at most, for which this difference quotient of four points is exact.
  const along = (axis: number, step: number): number =>
    dot(
      dBasis,
      shBasis(shDegree, dx + (axis === 0 ? step : 0), dy + (axis === 1 ? step : 0), dz + (axis === 2 ? step : 0)),
    );
  const dDirection = [0, 1, 2].map(
    (axis) => (8 * (along(axis, 0.5) - along(axis, -0.5)) - (along(axis, 1) - along(axis, -1))) / 6,
  );
  const radial = dot(dDirection, direction);
  dDirection.forEach((g, k) => {
    dMean[k] = (dMean[k] ?? NaN) + (g - (direction[k] ?? NaN) * radial) / distance;
  });
}
