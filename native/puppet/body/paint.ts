import type { Figure } from './figure.ts';
import { solveLaplacian, type Graph } from './graph.ts';
import { centreOf } from './grid.ts';
import { PART } from './parts.ts';
import type { Sheets } from './sheets.ts';

/** sRGB 0..1 of each node, [count, 3]. */
export interface Paint {
  readonly front: Float32Array;
  readonly back: Float32Array;
  /** What the sides show: the colour within, not that of the outline. */
  readonly side: Float32Array;
}

/** How firmly known colours are held while the others settle. */
const HOLD = 1e3;
/** Colours near what covers them are the outline's: this many pixels are guessed anew with the hidden ones. */
const SEAM = 2;
/** The face and what is just around it, in parts of its ellipse. */
const FACE_REACH = 1.3;
/** Hair is what lies this near to the rim above the eyes, in parts of the head's greatest thickness. */
const RIM = 0.45;
/** Above this height in the face's ellipse (-1 is its top) the rim is hair, beside it only beyond FACE_REACH. */
const HAIRLINE = -0.75;
/** The chin, in parts of the face's ellipse below its middle: what is lower is neck, or hair that hangs down. */
const CHIN = 1.1;
/** The side's colour is the median of this many samples on the inner part of the way to the middle: the outer part is outline. */
const SIDE_SAMPLES = 9;
const SIDE_FROM = 0.4;

export function paintSheets(figure: Figure, sheets: Sheets, thickness: Float32Array): Paint {
  const front = new Float32Array(sheets.count * 3);
  for (let i = 0; i < sheets.count; i++) {
    const pixel = sheets.pixels[i] ?? 0;
    for (let c = 0; c < 3; c++) front[i * 3 + c] = figure.rgb[pixel * 3 + c] ?? 0;
  }
  paintHidden(figure, sheets, front);
  return { front, back: paintBack(figure, sheets, thickness, front), side: paintSides(sheets, thickness, front) };
}

/** What is hidden takes its colours from around it in its own sheet. */
function paintHidden(
  { width, height }: Figure,
  { count, pixels, sheet, hidden, nodeAt, graph }: Sheets,
  front: Float32Array,
): void {
  if (!hidden.includes(1)) return;
  const known = new Float32Array(count).fill(1);
  for (let i = 0; i < count; i++) {
    if (!hidden[i]) continue;
    const [x, y] = centreOf(pixels[i] ?? 0, width);
    for (let dy = -SEAM; dy <= SEAM; dy++) {
      for (let dx = -SEAM; dx <= SEAM; dx++) {
        const [column, row] = [Math.floor(x) + dx, Math.floor(y) + dy];
        if (column < 0 || row < 0 || column >= width || row >= height) continue;
        const j = nodeAt(sheet[i] ?? 0, row * width + column);
        if (j >= 0) known[j] = 0;
      }
    }
  }
  const filled = spread(graph, known, front);
  for (let i = 0; i < count; i++) {
    if (hidden[i]) for (let c = 0; c < 3; c++) front[i * 3 + c] = filled[i * 3 + c] ?? 0;
  }
}

/**
 * The back is the front seen from behind, but for the face: there what frames it above (hair, a hood, a bald head) goes on
 * down to the neck.
 */
function paintBack(
  { width, face }: Figure,
  sheets: Sheets,
  thickness: Float32Array,
  front: Float32Array,
): Float32Array {
  const { count, pixels, part, graph } = sheets;
  const known = new Float32Array(count);
  const replaced: number[] = [];
  const conductance = graph.conductance.slice();
  const heads = Array.from({ length: count }, (_, i) => i).filter((i) => part[i] === PART.head);
  const thickest = Math.max(...heads.map((i) => thickness[i] ?? 0), 0);
  for (let i = 0; i < count; i++) {
    const isHead = part[i] === PART.head;
    for (let k = i * 4; k < i * 4 + 4; k++) {
      const j = graph.neighbours[k] ?? -1;
      if (j >= 0 && (!isHead || part[j] !== PART.head)) conductance[k] = 0;
    }
    if (!isHead) {
      known[i] = 1;
      continue;
    }
    const [x, y] = centreOf(pixels[i] ?? 0, width);
    const [across, down] = [(x - face.centre[0]) / face.radius[0], (y - face.centre[1]) / face.radius[1]];
    const isRim = (thickness[i] ?? 0) < RIM * thickest;
    const isHair = down < HAIRLINE || (down < 0 && Math.abs(across) > FACE_REACH);
    if (isRim && isHair) known[i] = 1;
    else if (Math.abs(across) < FACE_REACH && down < CHIN) replaced.push(i);
  }
  const back = front.slice();
  const steady = steadyColours(sheets, front);
  const filled = spread({ ...graph, conductance }, known, steady);
  for (const i of replaced) for (let c = 0; c < 3; c++) back[i * 3 + c] = filled[i * 3 + c] ?? 0;
  return back;
}

/** Each node's colour as the median of its surroundings, so that thin lines do not count. */
function steadyColours({ count, graph }: Sheets, colours: Float32Array): Float32Array {
  const steady = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const near = new Set([i]);
    for (let ring = 0; ring < 2; ring++) {
      for (const node of [...near]) {
        for (let k = node * 4; k < node * 4 + 4; k++) {
          const j = graph.neighbours[k] ?? -1;
          if (j >= 0) near.add(j);
        }
      }
    }
    for (let c = 0; c < 3; c++) steady[i * 3 + c] = median([...near].map((node) => colours[node * 3 + c] ?? 0));
  }
  return steady;
}

/** The colours of `known` nodes (1, others 0) spread smoothly over the others. */
function spread(graph: Graph, known: Float32Array, colours: Float32Array): Float32Array {
  const out = colours.slice();
  const hold = known.map((weight) => weight * HOLD);
  for (let c = 0; c < 3; c++) {
    const channel = Float32Array.from(known, (_, i) => colours[i * 3 + c] ?? 0);
    const source = channel.map((value, i) => value * (hold[i] ?? 0));
    solveLaplacian(graph, hold, source, channel);
    channel.forEach((value, i) => (out[i * 3 + c] = value));
  }
  return out;
}

/** For each node the median colour on the way to the middle of its limb, following the thickness upwards. */
function paintSides({ count, graph }: Sheets, thickness: Float32Array, front: Float32Array): Float32Array {
  const side = new Float32Array(count * 3);
  const uphill = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    uphill[i] = i;
    for (let k = i * 4; k < i * 4 + 4; k++) {
      const j = graph.neighbours[k] ?? -1;
      if (j >= 0 && (thickness[j] ?? 0) > (thickness[uphill[i] ?? 0] ?? 0)) uphill[i] = j;
    }
  }
  for (let i = 0; i < count; i++) {
    const way = [i];
    for (let at = i; uphill[at] !== at && way.length < 200;) {
      at = uphill[at] ?? at;
      way.push(at);
    }
    const samples = Array.from({ length: SIDE_SAMPLES }, (_, k) => {
      const part = SIDE_FROM + ((1 - SIDE_FROM) * k) / (SIDE_SAMPLES - 1);
      return way[Math.round(part * (way.length - 1))] ?? i;
    });
    for (let c = 0; c < 3; c++) side[i * 3 + c] = median(samples.map((node) => front[node * 3 + c] ?? 0));
  }
  return side;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
