import type { Bounds } from '../../core/viewer/bounds.ts';
import type { DepthRow } from '../../core/viewer/depth-order.ts';

type Floats = Float32Array<ArrayBuffer>;
type Words = Uint32Array<ArrayBuffer>;

/** What the page asks of the scene worker. */
export type SceneRequest =
  /** `name` stands for the file in errors. A new scene takes the place of the one before. */
  | { readonly kind: 'open'; readonly scene: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string }
  | { readonly kind: 'close' }
  /** What the screen shows next; takes the place of an unanswered one. */
  | { readonly kind: 'show'; readonly ticket: number; readonly frame: number; readonly row: DepthRow }
  /** The same for a picture aside from the screen; every one is answered, with everything. */
  | { readonly kind: 'picture'; readonly ticket: number; readonly frame: number; readonly row: DepthRow };

/** What it answers. */
export type SceneAnswer =
  | { readonly kind: 'opened'; readonly scene: number; readonly facts: SceneFacts }
  | { readonly kind: 'refused'; readonly scene: number; readonly message: string }
  | { readonly kind: 'shown'; readonly scene: number; readonly ticket: number; readonly shot: Shot }
  | { readonly kind: 'picture'; readonly ticket: number; readonly shot: Shot | null };

export interface SceneFacts {
  readonly count: number;
  readonly shDegree: number;
  readonly frames: number;
  readonly fps: number;
  /** sRGB 0..1 */
  readonly background: readonly [number, number, number];
  readonly bounds: Bounds;
}

/** One frame in the order of one view, in the arrays of `packed-gaussians.ts`. Null: as it was. */
export interface Shot {
  readonly frame: number;
  /** Indices of the Gaussians, farthest first; `count` of them are to be drawn. */
  readonly order: Words;
  readonly count: number;
  readonly pose: Words | null;
  readonly shape: Floats | null;
  readonly harmonics: Words | null;
}
