import type { Pose } from '../../core/poses/pose-sequence.ts';
import type { RgbaPicture } from '../media/png.ts';

/** A character: its picture, cut out of the background, and how it stands there. */
export interface Character {
  /** Straight alpha; what is not the character is transparent. */
  readonly picture: RgbaPicture;
  /** In pixels of the picture, of skeleton `coco-wholebody133`; all body joints are known. */
  readonly pose: Pose;
}
