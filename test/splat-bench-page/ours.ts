import { Color, LinearSRGBColorSpace, Scene, WebGLRenderer } from 'three';
import { DepthOrder } from '../../core/viewer/depth-order.ts';
import {
  allocateWords,
  harmonicWords,
  packPoses,
  packShapes,
  paddedLength,
  POSE_WORDS,
  SHAPE_WORDS,
} from '../../core/viewer/packed-gaussians.ts';
import { SplatCloud } from '../../renderer/viewport/splat-cloud.ts';
import { finishWebGl, type Contender, type Contest } from './contender.ts';

/** The studio's cloud, with everything on the page's own thread: in the studio a worker packs and sorts. */
export function ours({ canvas, side, rest, camera, row }: Contest): Contender {
  const { count } = rest;
  const renderer = new WebGLRenderer({ canvas, antialias: false });
  renderer.outputColorSpace = LinearSRGBColorSpace;
  renderer.setSize(side, side, false);
  renderer.setClearColor(new Color(1, 1, 1), 1);
  const bounds = { centre: [0, 0, 0.7], radius: 1 } as const;
  const cloud = new SplatCloud({ count, shDegree: 0, frames: 1, fps: 1, background: [1, 1, 1], bounds });
  cloud.show('gaussians', camera);
  const scene = new Scene().add(cloud.mesh);
  const sorter = new DepthOrder();
  const still = allocateWords(paddedLength(count, SHAPE_WORDS)).floats;
  packShapes(rest, still);
  let shape: typeof still | null = still;
  return {
    draw: (gaussians) => {
      const pose = allocateWords(paddedLength(count, POSE_WORDS));
      packPoses(gaussians, pose);
      const order = new Uint32Array(paddedLength(count, 1));
      const drawn = sorter.sort(pose.floats, count, row, order).length;
      const harmonics = shape ? new Uint32Array(paddedLength(count, harmonicWords(0))) : null;
      cloud.update({ frame: 0, order, count: drawn, pose: pose.words, shape, harmonics });
      shape = null;
      renderer.render(scene, camera);
      return Promise.resolve();
    },
    finish: () => finishWebGl(renderer.getContext()),
  };
}
