import { mapFrame } from '../../core/pose-edit/frame-map.ts';
import type { PlaybackState } from '../playback/playback-store.ts';

/** The clip's frame at the playhead, which may count the frames of a scene: each is shown for one frame's time. */
export function clipFrame({ frame, frames }: Pick<PlaybackState, 'frame' | 'frames'>, clipFrames: number): number {
  // Arithmetic may leave a whole frame a hair below itself.
  const at = Math.floor(mapFrame(frame, frames, clipFrames) + 1e-6);
  return Math.min(Math.max(at, 0), clipFrames - 1);
}
