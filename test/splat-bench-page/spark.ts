import * as sparkModule from '@sparkjsdev/spark';
import { Color, type Object3D, type PerspectiveCamera, Quaternion, Scene, Vector3, WebGLRenderer } from 'three';
import type { Gaussians } from '../../core/gaussians.ts';
import { SH0 } from '../../core/spherical-harmonics.ts';
import { finishWebGl, type Contender, type Contest } from './contender.ts';

/** What is used of Spark; its own types import files in a way that only bundlers follow. */
interface Spark {
  readonly PackedSplats: new (options: { maxSplats: number }) => Packed;
  readonly SplatMesh: new (options: { packedSplats: Packed }) => Object3D & {
    readonly initialized: Promise<unknown>;
    updateVersion: () => void;
  };
  readonly SparkRenderer: new (options: Readonly<Record<string, unknown>>) => Object3D & {
    update: (view: { scene: Scene; camera: PerspectiveCamera }) => Promise<void>;
  };
}
interface Packed {
  readonly initialized: Promise<unknown>;
  needsUpdate: boolean;
  numSplats: number;
  setSplat: (index: number, at: Vector3, scales: Vector3, turn: Quaternion, opacity: number, colour: Color) => void;
}
const { PackedSplats, SparkRenderer, SplatMesh } = sparkModule as unknown as Spark;

/** Spark with its usual encoding of 16 bytes a Gaussian, sorted by depth, with the low-pass that the scenes were fitted with. */
export async function spark({ canvas, side, rest, camera }: Contest): Promise<Contender> {
  const renderer = new WebGLRenderer({ canvas, antialias: false });
  renderer.setSize(side, side, false);
  renderer.setClearColor(new Color(1, 1, 1), 1);
  const sparkRenderer = new SparkRenderer({
    renderer,
    autoUpdate: false,
    sortRadial: false,
    preBlurAmount: 0.3,
    blurAmount: 0,
    enableLod: false,
  });
  const splats = new PackedSplats({ maxSplats: rest.count });
  await splats.initialized;
  write(splats, rest);
  const mesh = new SplatMesh({ packedSplats: splats });
  await mesh.initialized;
  const scene = new Scene().add(sparkRenderer, mesh);
  return {
    draw: async (gaussians) => {
      write(splats, gaussians);
      splats.needsUpdate = true;
      mesh.updateVersion();
      // Waits for the sort, which Spark by itself draws without.
      await sparkRenderer.update({ scene, camera });
      renderer.render(scene, camera);
    },
    finish: () => finishWebGl(renderer.getContext()),
  };
}

const centre = new Vector3();
const scales = new Vector3();
const turn = new Quaternion();
const colour = new Color();

function write(splats: Packed, { count, means, logScales, quats, opacityLogits, sh }: Gaussians): void {
  const at = (values: Float32Array, index: number): number => values[index] ?? 0;
  for (let i = 0; i < count; i++) {
    const [a, b] = [i * 3, i * 4];
    centre.set(at(means, a), at(means, a + 1), at(means, a + 2));
    scales.set(Math.exp(at(logScales, a)), Math.exp(at(logScales, a + 1)), Math.exp(at(logScales, a + 2)));
    turn.set(at(quats, b + 1), at(quats, b + 2), at(quats, b + 3), at(quats, b)).normalize();
    colour.setRGB(0.5 + SH0 * at(sh, a), 0.5 + SH0 * at(sh, a + 1), 0.5 + SH0 * at(sh, a + 2));
    splats.setSplat(i, centre, scales, turn, 1 / (1 + Math.exp(-at(opacityLogits, i))), colour);
  }
  splats.numSplats = count;
}
