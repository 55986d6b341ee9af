import type { Box } from '../../core/pose-edit/hit-test.ts';
import { confidenceAt, middleOf, placeAt, type Place, type Points } from '../../core/pose-edit/points.ts';
import type { Colour } from '../../core/poses/draw/palette.ts';
import { MIN_CONFIDENCE } from '../../core/poses/pose-sequence.ts';
import type { SkeletonId } from '../../core/poses/skeleton.ts';
import { SKELETON_STYLES, type SkeletonStyle } from './joint-style.ts';
import { toArea, type View } from './view.ts';

/** A pose of a neighbouring frame that shines through. */
export interface OnionPose {
  readonly points: Points;
  /** 0..1 */
  readonly strength: number;
  readonly isBefore: boolean;
}

export interface PoseScene {
  readonly skeleton: SkeletonId;
  readonly points: Points;
  readonly hidden: ReadonlySet<number>;
  readonly selection: ReadonlySet<number>;
  readonly hover: number | null;
  readonly onion: readonly OnionPose[];
  readonly box: Box | null;
  readonly view: View;
  readonly frame: { readonly width: number; readonly height: number };
  /** "Right wrist, 93 %", beside the joint under the pointer. */
  readonly hint: string | null;
}

export interface PaintedArea {
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas a pixel of the page. */
  readonly density: number;
  readonly accent: string;
  readonly font: string;
}

const ONION_COLOURS = { before: [110, 170, 255], after: [255, 150, 90] } as const satisfies Record<string, Colour>;

const css = ([red, green, blue]: Colour, brightness: number, alpha = 1): string =>
  `rgb(${Math.round(red * brightness)} ${Math.round(green * brightness)} ${Math.round(blue * brightness)} / ${alpha})`;

/** Draws the whole of what lies over the backdrop. */
export function drawPose(context: CanvasRenderingContext2D, scene: PoseScene, area: PaintedArea): void {
  context.setTransform(area.density, 0, 0, area.density, 0, 0);
  context.clearRect(0, 0, area.width, area.height);
  context.lineCap = 'round';
  drawFrame(context, scene);
  const style = SKELETON_STYLES[scene.skeleton];
  for (const pose of scene.onion) drawOnion(context, scene, style, pose);
  drawBones(context, scene, style);
  drawJoints(context, scene, style, area.accent);
  if (scene.box) drawBox(context, scene.box, scene.view, area.accent);
  if (scene.hint !== null && scene.hover !== null) drawHint(context, scene, scene.hint, scene.hover, area);
}

function drawFrame(context: CanvasRenderingContext2D, { view, frame }: PoseScene): void {
  context.strokeStyle = '#ffffff40';
  context.lineWidth = 1;
  context.strokeRect(view.x - 0.5, view.y - 0.5, frame.width * view.scale + 1, frame.height * view.scale + 1);
}

function drawOnion(
  context: CanvasRenderingContext2D,
  { view, hidden }: PoseScene,
  { bones }: SkeletonStyle,
  { points, strength, isBefore }: OnionPose,
): void {
  context.strokeStyle = css(isBefore ? ONION_COLOURS.before : ONION_COLOURS.after, 1, strength * 0.6);
  context.lineWidth = 2;
  context.beginPath();
  for (const { from, to } of bones) {
    const [a, b] = [visibleEnd(points, from, hidden), visibleEnd(points, to, hidden)];
    if (a && b) addLine(context, toArea(view, a), toArea(view, b));
  }
  context.stroke();
}

const visibleEnd = (points: Points, joints: readonly number[], hidden: ReadonlySet<number>): Place | undefined =>
  joints.some((joint) => hidden.has(joint)) ? undefined : middleOf(points, joints);

function addLine(context: CanvasRenderingContext2D, from: Place, to: Place): void {
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
}

function drawBones(
  context: CanvasRenderingContext2D,
  { points, hidden, view }: PoseScene,
  { bones }: SkeletonStyle,
): void {
  for (const { from, to, colour, width } of bones) {
    const [a, b] = [visibleEnd(points, from, hidden), visibleEnd(points, to, hidden)];
    if (!a || !b) continue;
    const confidences = [...from, ...to].map((joint) => confidenceAt(points, joint));
    const isDrawn = confidences.every((confidence) => confidence >= MIN_CONFIDENCE);
    const brightness = isDrawn ? Math.min(...confidences) : 0.45;
    context.strokeStyle = css(colour, brightness, isDrawn ? 0.9 : 0.7);
    context.lineWidth = isDrawn ? width : 1;
    context.setLineDash(isDrawn ? [] : [4, 4]);
    context.beginPath();
    addLine(context, toArea(view, a), toArea(view, b));
    context.stroke();
  }
  context.setLineDash([]);
}

function drawJoints(
  context: CanvasRenderingContext2D,
  { points, hidden, view, selection, hover }: PoseScene,
  { joints }: SkeletonStyle,
  accent: string,
): void {
  joints.forEach(({ colour, radius }, joint) => {
    const place = placeAt(points, joint);
    if (!place || hidden.has(joint)) return;
    const { x, y } = toArea(view, place);
    const confidence = confidenceAt(points, joint);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (confidence >= MIN_CONFIDENCE) {
      context.fillStyle = css(colour, confidence);
      context.fill();
      context.strokeStyle = '#000000a0';
    } else {
      // The method does not draw these: an empty ring in the joint's colour.
      context.strokeStyle = css(colour, 0.8);
    }
    context.lineWidth = 1;
    context.stroke();
    if (selection.has(joint) || hover === joint) {
      context.beginPath();
      context.arc(x, y, radius + 3, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = selection.has(joint) ? accent : '#ffffff';
      context.stroke();
    }
  });
}

function drawBox(context: CanvasRenderingContext2D, { from, to }: Box, view: View, accent: string): void {
  const [a, b] = [toArea(view, from), toArea(view, to)];
  context.strokeStyle = accent;
  context.lineWidth = 1;
  context.setLineDash([5, 4]);
  context.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  context.setLineDash([]);
  context.globalAlpha = 0.12;
  context.fillStyle = accent;
  context.fillRect(a.x, a.y, b.x - a.x, b.y - a.y);
  context.globalAlpha = 1;
}

function drawHint(
  context: CanvasRenderingContext2D,
  { points, view }: PoseScene,
  hint: string,
  joint: number,
  { width, font }: PaintedArea,
): void {
  const place = placeAt(points, joint);
  if (!place) return;
  const { x, y } = toArea(view, place);
  context.font = font;
  const size = context.measureText(hint);
  const height = size.fontBoundingBoxAscent + size.fontBoundingBoxDescent;
  const left = x + 14 + size.width + 12 > width ? x - 26 - size.width : x + 14;
  context.fillStyle = '#000000d0';
  context.beginPath();
  context.roundRect(left, y - height / 2 - 4, size.width + 12, height + 8, 4);
  context.fill();
  context.fillStyle = '#ffffff';
  context.textBaseline = 'middle';
  context.fillText(hint, left + 6, y + 1);
}
