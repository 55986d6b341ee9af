import type { Place } from '../../core/pose-edit/points.ts';

/** How a frame lies in the editor: pixels of the page a pixel of the frame, and where the frame's upper left corner is. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Area {
  readonly width: number;
  readonly height: number;
}

const MARGIN = 24;
const SCALES = { least: 0.02, most: 64 } as const;

/** The frame as large as the area has room for, in its middle. */
export function fitView(frame: Area, area: Area): View {
  const room = (side: number): number => Math.max(side - 2 * MARGIN, side / 2, 1);
  const scale = Math.min(room(area.width) / frame.width, room(area.height) / frame.height);
  return { scale, x: (area.width - frame.width * scale) / 2, y: (area.height - frame.height * scale) / 2 };
}

export const toFrame = (view: View, { x, y }: Place): Place => ({
  x: (x - view.x) / view.scale,
  y: (y - view.y) / view.scale,
});

export const toArea = (view: View, { x, y }: Place): Place => ({
  x: x * view.scale + view.x,
  y: y * view.scale + view.y,
});

/** Larger or smaller by a factor; what lies at `about` (pixels of the area) stays there. */
export function zoomView(view: View, factor: number, about: Place): View {
  const scale = Math.min(Math.max(view.scale * factor, SCALES.least), SCALES.most);
  const by = scale / view.scale;
  return { scale, x: about.x - (about.x - view.x) * by, y: about.y - (about.y - view.y) * by };
}
