/** A page on which ways to draw changing Gaussians compete; test/bench/viewport.ts opens it. */
import { PerspectiveCamera } from 'three';
import { gaussiansAt } from '../../core/deformation/deform.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { readScene } from '../../core/formats/scene.ts';
import { turntableCamera } from '../../core/ring.ts';
import { depthRow } from '../../core/viewer/projection.ts';
import { aimCamera } from '../../renderer/viewport/aim-camera.ts';
import type { Contender, Contest } from './contender.ts';
import { ours } from './ours.ts';
import { spark } from './spark.ts';
import { threeSplats } from './three-splats.ts';

export const CONTENDERS = ['ours', 'spark', 'three-webgl', 'three-webgpu'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

const START: Readonly<Record<ContenderName, (contest: Contest) => Contender | Promise<Contender>>> = {
  ours,
  spark,
  'three-webgl': (contest) => threeSplats(contest, 'webgl'),
  'three-webgpu': (contest) => threeSplats(contest, 'webgpu'),
};

export interface Score {
  /** Milliseconds of each changed frame, until the card is done. */
  readonly times: readonly number[];
  /** The last one's picture, side x side RGBA. */
  readonly picture: readonly number[];
}

/** Draws frames 1 to `frames` of the scene at `url`; the first is not counted. */
async function compete(name: ContenderName, url: string, side: number, frames: number): Promise<Score> {
  const scene: Scene = readScene(new Uint8Array(await (await fetch(url)).arrayBuffer()), url);
  const clouds = Array.from({ length: frames + 1 }, (_, k) => gaussiansAt(scene, (k + 1) / (scene.frames - 1)));
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  document.body.append(canvas);
  const pinhole = turntableCamera(0.4, side, side);
  const camera = new PerspectiveCamera();
  camera.matrixAutoUpdate = false;
  aimCamera(camera, pinhole);
  const contender = await START[name]({ canvas, side, rest: scene.gaussians, camera, row: depthRow(pinhole) });
  const times: number[] = [];
  let picture: readonly number[] = [];
  for (const [k, gaussians] of clouds.entries()) {
    const from = performance.now();
    await contender.draw(gaussians);
    if (k === frames) picture = pixelsOf(canvas, side);
    await contender.finish();
    if (k > 0) times.push(performance.now() - from);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  return { times: times.slice(0, -1), picture };
}

function pixelsOf(canvas: HTMLCanvasElement, side: number): number[] {
  const context = new OffscreenCanvas(side, side).getContext('2d');
  context?.drawImage(canvas, 0, 0);
  return Array.from(context?.getImageData(0, 0, side, side).data ?? []);
}

const benchPage = { compete };
export type BenchPage = typeof benchPage;
Object.assign(globalThis, { benchPage });
