import type { Clip } from '../../core/clip.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { frameTime } from '../../core/frame-time.ts';
import { SceneRenderer } from '../render.ts';
import { evaluate, type EvaluateOptions, type Evaluation } from './evaluate.ts';

/** Compares a scene, seen by a clip's cameras at its frames, with the clip. Throws when aborted. */
export async function evaluateScene(scene: Scene, truth: Clip, options: EvaluateOptions = {}): Promise<Evaluation> {
  const renderer = new SceneRenderer(scene);
  try {
    const picture = (view: number, frame: number) => {
      const camera = truth.cameras[view];
      if (!camera) throw new RangeError(`the clip has no view ${view}`);
      return renderer.renderWithAlpha(camera, frameTime(frame, truth.frames));
    };
    return await evaluate(truth, picture, options);
  } finally {
    renderer.dispose();
  }
}
