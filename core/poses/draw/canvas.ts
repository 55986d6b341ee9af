import type { Colour } from './palette.ts';
import type { CanvasSize } from './spans.ts';

/** What skeletons are drawn on, larger than the picture that it becomes. Black at first. */
export interface Canvas extends CanvasSize {
  /** Paints columns first..last of a row over what is there; what lies outside the canvas is left out. */
  paint(row: number, first: number, last: number, colour: Colour): void;
  /** The canvas in the size of the picture, height x width x 3. */
  resize(): Uint8Array;
}
