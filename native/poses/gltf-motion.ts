import { AppError } from '../../core/errors.ts';
import { rigMotion, type RigMotionOptions } from '../../core/poses/motion-from-rig.ts';
import type { Motion } from '../../core/poses/motion.ts';
import { openGltf } from './gltf-motion-file.ts';
import { animationSpan, gltfRig } from './gltf-motion-rig.ts';

export interface GltfMotionOptions extends RigMotionOptions {
  /** Frames a second to look at the animation; glTF itself has keys at any time. */
  readonly fps?: number;
  /** Index of the animation; without it the first that moves something. */
  readonly animation?: number;
}

const DEFAULT_FPS = 30;
/** Nodes times frames: half an hour of a full body, or minutes of a crowd's worth of joints. */
const MAX_EVALUATIONS = 20_000_000;

/**
 * The motion of a person in a GLB, glTF, VRM or VRM animation file. Joints are known by VRM's own list, else by their
 * names, else by the shape of the skeleton. `path` names the file in errors, and buffers beside it are read.
 */
export async function readGltfMotion(
  bytes: Uint8Array,
  path: string,
  options: GltfMotionOptions = {},
): Promise<Motion> {
  const { fps = DEFAULT_FPS, animation: wanted } = options;
  const file = await openGltf(bytes, path);
  const root = file.document.getRoot();
  const animations = root.listAnimations();
  const seconds = animations.map((animation) => {
    const { start, end } = animationSpan(animation, root.listNodes());
    return end - start;
  });
  const chosen =
    wanted ??
    Math.max(
      0,
      seconds.findIndex((duration) => duration > 0),
    );
  const animation = animations[chosen];
  if (!animation) {
    const missing = wanted === undefined ? 'no animation' : `no animation ${wanted}`;
    throw new AppError('bad-input', `${path} holds ${missing}; export it with one, or choose another file.`);
  }
  if (!((seconds[chosen] ?? 0) * fps * root.listNodes().length <= MAX_EVALUATIONS)) {
    throw new AppError('bad-input', `${path} has an animation that is too long to be read; cut it into parts.`);
  }
  return rigMotion(gltfRig(file, animation, fps), path, options);
}
