import { MIN_CONFIDENCE } from '../../core/poses/pose-sequence.ts';
import type { Key } from '../../core/pose-edit/move-keys.ts';
import type { FrameFacts } from './frame-facts.ts';
import type { KeyBox } from './timeline-model.ts';
import type { Row, RowPlace } from './timeline-rows.ts';
import { frameAtX, roundStep, type TimelineScale, xOf } from './timeline-scale.ts';

export interface TimelineScene {
  readonly facts: FrameFacts;
  readonly rows: readonly Row[];
  readonly scale: TimelineScale;
  readonly selection: readonly Key[];
  readonly drag: { readonly by: number; readonly copy: boolean } | null;
  readonly box: KeyBox | null;
  /** Frames that play over and over. */
  readonly loop: readonly [first: number, last: number] | null;
}

export interface TimelinePaint {
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas a pixel of the page. */
  readonly density: number;
  readonly font: string;
  readonly colours: Readonly<Record<TimelineColour, string>>;
}

export const TIMELINE_COLOURS = [
  'surface-0',
  'surface-1',
  'surface-3',
  'border',
  'border-strong',
  'text',
  'text-dim',
  'accent',
  'accent-soft',
  'ok',
  'warning',
  'danger',
] as const;
export type TimelineColour = (typeof TIMELINE_COLOURS)[number];

/** Labels of the ruler are at least so far apart, in widths of its widest. */
const LABEL_ROOM = 1.6;
/** A frame's PSNR counts as bad by so many dB below the best: twice the error each 6 dB. */
const WORST_RANGE = 6;
/** Confidence of a whole pose below which a frame is worth a look. */
const UNSURE = 0.6;

/** Draws everything but the playhead, which moves much more often. Only frames that can be seen are looked at. */
export function drawTimeline(context: CanvasRenderingContext2D, scene: TimelineScene, paint: TimelinePaint): void {
  context.setTransform(paint.density, 0, 0, paint.density, 0, 0);
  context.clearRect(0, 0, paint.width, paint.height);
  context.font = paint.font;
  const { facts, scale } = scene;
  const first = Math.max(0, Math.floor(frameAtX(scale, 0)));
  const last = Math.min(facts.frames - 1, Math.ceil(frameAtX(scale, paint.width)));
  drawLoop(context, scene, paint);
  for (const row of scene.rows) {
    context.fillStyle = paint.colours.border;
    context.fillRect(0, row.top + row.height - 1, paint.width, 1);
    if (row.kind === 'lane') drawLane(context, row, row.group, scene, paint, first, last);
    else if (row.kind === 'ruler') drawRuler(context, row, scene, paint);
    else if (row.kind === 'confidence') drawConfidence(context, row, scene, paint, first, last);
    else drawError(context, row, scene, paint, first, last);
  }
  if (scene.box) drawBox(context, scene, scene.box, paint);
}

function drawLoop(context: CanvasRenderingContext2D, { loop, scale }: TimelineScene, paint: TimelinePaint): void {
  if (!loop) return;
  const [left, right] = [xOf(scale, loop[0]), xOf(scale, loop[1])];
  context.fillStyle = paint.colours['accent-soft'];
  context.fillRect(left, 0, Math.max(right - left, 2), paint.height);
  context.fillStyle = paint.colours.accent;
  context.fillRect(left - 1, 0, 2, paint.height);
  context.fillRect(right - 1, 0, 2, paint.height);
}

function drawRuler(
  context: CanvasRenderingContext2D,
  { top, height }: RowPlace,
  { facts, scale }: TimelineScene,
  { width, colours }: TimelinePaint,
): void {
  const middle = top + height / 2;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  const room = (text: string): number => context.measureText(text).width * LABEL_ROOM;
  const step = roundStep(room(String(facts.frames)) / scale.step);
  const from = Math.max(0, Math.ceil(frameAtX(scale, -20) / step) * step);
  for (let frame = from; frame < facts.frames && xOf(scale, frame) < width + 20; frame += step) {
    // Frames are counted from 1 on the screen: frame 0 is 1, and then come the round numbers.
    const shown = frame === 0 || step === 1 ? frame : frame - 1;
    if (frame > 0 && xOf(scale, shown) - xOf(scale, 0) < room('100') / 2 && step > 1) continue;
    const x = xOf(scale, shown);
    context.fillStyle = colours['border-strong'];
    context.fillRect(Math.round(x), middle - 4, 1, 4);
    context.fillStyle = colours.text;
    context.fillText(String(shown + 1), x, top + height * 0.24);
  }
  const seconds = roundStep((room('00.00 s') / scale.step) * (1 / facts.fps), 0.01);
  const digits = seconds >= 1 ? 0 : seconds >= 0.1 ? 1 : 2;
  const start = Math.max(0, Math.ceil(frameAtX(scale, -20) / facts.fps / seconds));
  for (let i = start; ; i++) {
    const x = xOf(scale, i * seconds * facts.fps);
    if (i * seconds * facts.fps > facts.frames - 1 + 1e-9 || x > width + 20) break;
    context.fillStyle = colours['border-strong'];
    context.fillRect(Math.round(x), middle, 1, 4);
    context.fillStyle = colours['text-dim'];
    const text = `${(i * seconds).toFixed(digits)} s`;
    // The first one would begin before the ruler does.
    context.fillText(text, Math.max(x, context.measureText(text).width / 2 + 2), top + height * 0.78);
  }
}

/** A bar a frame, as wide as the frame but for a gap where there is room for one. */
function bar(scale: TimelineScale, frame: number): { readonly left: number; readonly width: number } {
  const gap = scale.step >= 4 ? 1 : 0;
  return { left: xOf(scale, frame) - scale.step / 2, width: Math.max(scale.step - gap, 1) };
}

function drawConfidence(
  context: CanvasRenderingContext2D,
  { top, height }: RowPlace,
  { facts, scale }: TimelineScene,
  { colours }: TimelinePaint,
  first: number,
  last: number,
): void {
  for (let frame = first; frame <= last; frame++) {
    const value = facts.confidences[frame] ?? 0;
    const { left, width } = bar(scale, frame);
    const rise = Math.max(value * (height - 5), 1);
    context.fillStyle = value >= UNSURE ? colours.ok : value >= MIN_CONFIDENCE ? colours.warning : colours.danger;
    context.fillRect(left, top + height - 2 - rise, width, rise);
  }
}

function drawError(
  context: CanvasRenderingContext2D,
  { top, height }: RowPlace,
  { facts, scale }: TimelineScene,
  { colours }: TimelinePaint,
  first: number,
  last: number,
): void {
  const best = Math.max(...(facts.psnr ?? []));
  for (let frame = first; frame <= last; frame++) {
    const lost = best - (facts.psnr?.[frame] ?? best);
    const { left, width } = bar(scale, frame);
    const rise = Math.max(Math.min(lost / WORST_RANGE, 1) * (height - 5), 1);
    context.fillStyle =
      lost >= WORST_RANGE / 2 ? colours.danger : lost >= WORST_RANGE / 4 ? colours.warning : colours['border-strong'];
    context.fillRect(left, top + height - 2 - rise, width, rise);
  }
}

function drawLane(
  context: CanvasRenderingContext2D,
  { top, height }: RowPlace,
  group: Key['group'],
  { facts, scale, selection, drag }: TimelineScene,
  { colours }: TimelinePaint,
  first: number,
  last: number,
): void {
  const middle = top + height / 2;
  const size = Math.min(height * 0.3, 7);
  const selected = new Set(selection.flatMap((key) => (key.group === group ? [key.frame] : [])));
  let before: number | undefined;
  for (let frame = 0; frame <= last; frame++) {
    if (!facts.poses[frame]?.keys.includes(group)) continue;
    if (before !== undefined && frame - before > 1 && frame >= first) {
      context.fillStyle = colours['border-strong'];
      context.fillRect(xOf(scale, before) + size, middle - 0.5, xOf(scale, frame) - xOf(scale, before) - 2 * size, 1);
    }
    before = frame;
    if (frame < first) continue;
    const isSelected = selected.has(frame);
    const isLeaving = isSelected && drag !== null && drag.by !== 0 && !drag.copy;
    context.fillStyle = isSelected ? colours.accent : colours.text;
    context.globalAlpha = isLeaving ? 0.35 : 1;
    diamond(context, xOf(scale, frame), middle, size);
    context.globalAlpha = 1;
    if (isSelected && drag && drag.by !== 0) {
      context.strokeStyle = colours.accent;
      diamond(context, xOf(scale, frame + drag.by), middle, size, true);
    }
  }
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, size: number, isOutline = false): void {
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  if (isOutline) {
    context.lineWidth = 1.5;
    context.stroke();
  } else context.fill();
}

function drawBox(
  context: CanvasRenderingContext2D,
  { rows, scale }: TimelineScene,
  { fromFrame, toFrame, groups }: KeyBox,
  { colours }: TimelinePaint,
): void {
  const lanes = rows.filter((row) => row.kind === 'lane' && groups.includes(row.group));
  const [upper, lower] = [lanes[0], lanes.at(-1)];
  if (!upper || !lower) return;
  const [left, right] = [xOf(scale, Math.min(fromFrame, toFrame)), xOf(scale, Math.max(fromFrame, toFrame))];
  context.strokeStyle = colours.accent;
  context.setLineDash([4, 3]);
  context.lineWidth = 1;
  context.strokeRect(left, upper.top + 1, right - left, lower.top + lower.height - upper.top - 2);
  context.setLineDash([]);
}
