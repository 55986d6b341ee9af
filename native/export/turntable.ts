import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from '../../core/deformation/deformation.ts';
import { asTask, type OnProgress } from '../../core/progress.ts';
import { frameTime } from '../../core/frame-time.ts';
import { turntableCamera } from '../../core/ring.ts';
import { encodeVideo } from '../media/ffmpeg.ts';
import { encodePng } from '../media/png.ts';
import { SceneRenderer } from '../render.ts';
import { writeFolder } from './output-place.ts';
import { frameFileName } from './ply-sequence.ts';

/** One full turn around the character while its motion plays and loops. */
export interface Turntable {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Number of pictures; the turn takes frames / fps seconds, and the picture after the last would be the first. */
  readonly frames: number;
  /** Holds the motion at this time, 0..1. */
  readonly time?: number;
}

export interface TurntableOptions extends Turntable {
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** How long a turn takes unless asked otherwise: about six seconds show all sides at ease. */
const PREFERRED_SECONDS = 6;

/** A duration of about six seconds in which the motion plays a whole number of times, so that the video loops. */
export function turntableSeconds({ frames, fps }: Pick<Scene, 'frames' | 'fps'>): number {
  const motion = frames / fps;
  return frames > 1 ? motion * Math.max(1, Math.round(PREFERRED_SECONDS / motion)) : PREFERRED_SECONDS;
}

/**
 * Angle (radians from view 0) and time (0..1) of picture `index`. The motion's last frame is held for as long as any other
 * before it starts again: between the last frame and the first there is nothing to interpolate.
 */
export function turntableStep(
  scene: Pick<Scene, 'frames' | 'fps'>,
  turntable: Turntable,
  index: number,
): { angle: number; time: number } {
  const played = ((index / turntable.fps) * scene.fps) % scene.frames;
  return {
    angle: (2 * Math.PI * index) / turntable.frames,
    time: turntable.time ?? frameTime(Math.min(played, scene.frames - 1), scene.frames),
  };
}

/** Writes the turntable as an MP4 video. Throws when aborted, and leaves no file then. */
export async function writeTurntableVideo(scene: Scene, out: string, options: TurntableOptions): Promise<void> {
  const { width, height, fps, signal } = options;
  await withPictures(scene, options, (frames) =>
    encodeVideo({ fps, width, height, frames, out, background: scene.background, ...(signal ? { signal } : {}) }),
  );
}

/** Writes the turntable as a folder of PNG pictures, whole or not at all. Throws when aborted. */
export async function writeTurntablePictures(scene: Scene, folder: string, options: TurntableOptions): Promise<void> {
  await writeFolder(folder, 'pictures', (partial) =>
    withPictures(scene, options, async (pictures) => {
      let frame = 0;
      for await (const picture of pictures) {
        frame++;
        await writeFile(join(partial, frameFileName(frame, 'png')), encodePng(picture, options.width, options.height));
      }
    }),
  );
}

/** Hands `consume` the pictures, rendered one by one as it takes them. */
async function withPictures(
  scene: Scene,
  options: TurntableOptions,
  consume: (pictures: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const { width, height, frames, signal, onProgress } = options;
  const renderer = new SceneRenderer(scene);
  try {
    await asTask(onProgress, { task: 'Rendering turntable', total: frames, unit: 'pictures' }, (tick) => {
      const pictures = async function* (): AsyncGenerator<Uint8Array> {
        for (let index = 0; index < frames; index++) {
          signal?.throwIfAborted();
          const { angle, time } = turntableStep(scene, options, index);
          yield await renderer.render(turntableCamera(angle, width, height), time);
          tick(index + 1);
        }
      };
      return consume(pictures());
    });
  } finally {
    renderer.dispose();
  }
}
