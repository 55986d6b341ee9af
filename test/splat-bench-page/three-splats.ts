import { GaussianSplat } from 'three/addons/objects/GaussianSplat.js';
import { createGaussianSplatGeometry, writeCovariance } from 'three/addons/utils/GaussianSplatUtils.js';
import { Color, LinearSRGBColorSpace, Scene, WebGPURenderer } from 'three/webgpu';
import type { Gaussians } from '../../core/gaussians.ts';
import { SH0 } from '../../core/spherical-harmonics.ts';
import { finishWebGl, type Contender, type Contest } from './contender.ts';

/** What has to be reached into: the mesh keeps copies of its own and offers no way to change them. */
interface Private {
  readonly _buffers: Readonly<Record<'centerRead' | 'covarianceARead' | 'covarianceBRead' | 'colorRead', StorageNode>>;
  _sortInitialized: boolean;
  readonly _positionAttribute: { readonly array: Float32Array };
}
interface StorageNode {
  readonly value: { array: Float32Array | Uint32Array; needsUpdate: boolean; pbo?: { needsUpdate: boolean } };
}

/** three's own mesh on its WebGPU renderer, or on that renderer's WebGL fallback. */
export async function threeSplats(contest: Contest, backend: 'webgpu' | 'webgl'): Promise<Contender> {
  const { canvas, side, rest, camera } = contest;
  const renderer = new WebGPURenderer({ canvas, antialias: false, forceWebGL: backend === 'webgl' });
  await renderer.init();
  const isWebGpu = 'isWebGPUBackend' in renderer.backend;
  if (backend === 'webgpu' && !isWebGpu) throw new Error('WebGPU does not start here');
  renderer.outputColorSpace = LinearSRGBColorSpace;
  renderer.setSize(side, side, false);
  renderer.setClearColor(new Color(1, 1, 1), 1);
  const first = arrays(rest);
  const mesh = new GaussianSplat(createGaussianSplatGeometry(first.centres, first.covariances, first.colours));
  mesh.frustumCulled = false;
  const scene = new Scene().add(mesh);
  const inner = mesh as unknown as Private;
  return {
    draw: (gaussians) => {
      replace(inner, arrays(gaussians));
      inner._sortInitialized = false;
      renderer.render(scene, camera);
      return Promise.resolve();
    },
    finish: async () => {
      const { backend: used } = renderer as unknown as {
        backend: { gl?: WebGL2RenderingContext; device?: GPUDeviceLike };
      };
      if (used.gl) await finishWebGl(used.gl);
      await used.device?.queue.onSubmittedWorkDone();
    },
  };
}

interface GPUDeviceLike {
  readonly queue: { onSubmittedWorkDone: () => Promise<unknown> };
}

type Arrays = ReturnType<typeof arrays>;

function arrays({ count, means, logScales, quats, opacityLogits, sh }: Gaussians) {
  const covariances = new Float32Array(count * 6);
  const colours = new Uint8ClampedArray(count * 4);
  const at = (values: Float32Array, index: number): number => values[index] ?? 0;
  const scale = (index: number): number => Math.exp(at(logScales, index));
  for (let i = 0; i < count; i++) {
    const [a, b] = [i * 3, i * 4];
    const [x, y, z, w] = [at(quats, b + 1), at(quats, b + 2), at(quats, b + 3), at(quats, b)];
    writeCovariance(covariances, i * 6, scale(a), scale(a + 1), scale(a + 2), x, y, z, w);
    for (let c = 0; c < 3; c++) colours[b + c] = 255 * (0.5 + SH0 * at(sh, a + c));
    colours[b + 3] = 255 / (1 + Math.exp(-at(opacityLogits, i)));
  }
  return { centres: means, covariances, colours };
}

function replace(mesh: Private, { centres, covariances, colours }: Arrays): void {
  const { centerRead, covarianceARead, covarianceBRead, colorRead } = mesh._buffers;
  const words = new Uint32Array(colours.buffer);
  colorRead.value.array.set(words);
  for (let i = 0; i < words.length; i++) {
    centerRead.value.array.set(centres.subarray(i * 3, i * 3 + 3), i * 4);
    covarianceARead.value.array.set(covariances.subarray(i * 6, i * 6 + 4), i * 4);
    covarianceBRead.value.array.set(covariances.subarray(i * 6 + 4, i * 6 + 6), i * 4);
  }
  mesh._positionAttribute.array.set(centres);
  for (const { value } of [centerRead, covarianceARead, covarianceBRead, colorRead]) {
    value.needsUpdate = true;
    if (value.pbo) value.pbo.needsUpdate = true;
  }
}
