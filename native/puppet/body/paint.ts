import type { Figure } from './figure.ts';
import { solveLaplacian, type Graph } from './graph.ts';
import { centreOf } from './grid.ts';
import { PART } from './parts.ts';
import type { Sheets } from './sheets.ts';

/** sRGB 0..1 of each node, [count, 3]. */
export interface Paint {
  readonly front: Float32Array;
  readonly back: Float32Array;
  /** What the sides of the front and of the back half show: the colour within, not that of the outline. */
  readonly frontSide: Float32Array;
  readonly backSide: Float32Array;
}

/** How firmly known colours are held while the others settle. */
const HOLD = 4;
/** Colours near what covers them are the outline's: this many pixels are guessed anew with the hidden ones. */
const SEAM = 2;
/** Hair is what lies this near to the rim in the upper part of a head, in parts of the head's greatest thickness. */
const RIM = 0.5;
/** That part, from the crown down, in parts of the way to the chin. */
const HAIR = 0.3;
/** The chin, in half axes of the face below its middle: what is lower is neck. */
const CHIN = 1.1;
/**
 * The side's colour is the median of this many samples on the way to the middle of the part, between these shares of it: on bodies
 * the outer part is outline, on heads the inner one is face.
 */
const SIDE_SAMPLES = 9;
const BODY_SIDE = [0.4, 1] as const;
const HEAD_SIDE = [0.1, 0.4] as const;
/** Rounds in which the sides' colours are evened out: neighbours may have taken different ways. */
const SIDE_ROUNDS = 8;

export function paintSheets(figure: Figure, sheets: Sheets, thickness: Float32Array): Paint {
  const front = new Float32Array(sheets.count * 3);
  for (let i = 0; i < sheets.count; i++) {
    const pixel = sheets.pixels[i] ?? 0;
    for (let c = 0; c < 3; c++) front[i * 3 + c] = figure.rgb[pixel * 3 + c] ?? 0;
  }
  paintHidden(figure, sheets, front);
  const back = paintBack(figure, sheets, thickness, front);
  return {
    ...{ front, back },
    frontSide: paintSides(sheets, thickness, front),
    backSide: paintSides(sheets, thickness, back),
  };
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
  // At the shoulder the sheets are one, but an arm behind a dress does not wear it.
  const conductance = graph.conductance.map((value, k) =>
    sheet[graph.neighbours[k] ?? -1] === sheet[Math.floor(k / graph.degree)] ? value : 0,
  );
  const filled = spread({ ...graph, conductance }, known, front);
  for (let i = 0; i < count; i++) {
    if (hidden[i]) for (let c = 0; c < 3; c++) front[i * 3 + c] = filled[i * 3 + c] ?? 0;
  }
}

/**
 * The back is the front seen from behind, but for the head: there what crowns it (hair, a hood, a bald head) goes on down to the
 * neck. Where a face ends is not known well enough to keep anything of it.
 */
function paintBack(
  { width, face }: Figure,
  sheets: Sheets,
  thickness: Float32Array,
  front: Float32Array,
): Float32Array {
  const { count, pixels, part, graph } = sheets;
  const heads = Array.from({ length: count }, (_, i) => i).filter((i) => part[i] === PART.head);
  const yOf = (i: number): number => centreOf(pixels[i] ?? 0, width)[1];
  const thickest = heads.reduce((most, i) => Math.max(most, thickness[i] ?? 0), 0);
  const top = heads.reduce((least, i) => Math.min(least, yOf(i)), Infinity);
  const chin = face.centre[1] + CHIN * face.radius[1];
  const replaced = heads.filter((i) => yOf(i) < chin);
  const known = new Float32Array(count);
  for (const i of replaced) {
    const isHair = yOf(i) < top + HAIR * (chin - top) && (thickness[i] ?? 0) < RIM * thickest;
    known[i] = isHair ? 1 : 0;
  }
  // Neither the neck nor the shoulders lend the hair their colour.
  const conductance = graph.conductance.map((value, k) => {
    const [from, to] = [Math.floor(k / 4), graph.neighbours[k] ?? -1];
    const within = part[from] === PART.head && part[to] === PART.head && yOf(from) < chin && yOf(to) < chin;
    return to >= 0 && within ? value : 0;
  });
  const back = front.slice();
  const filled = spread({ ...graph, conductance }, known, steadyColours(sheets, front));
  for (const i of replaced) {
    if (!known[i]) for (let c = 0; c < 3; c++) back[i * 3 + c] = filled[i * 3 + c] ?? 0;
  }
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

/** The colours of `known` nodes (1, others 0) spread smoothly over the others, which start from the mean of all known. */
function spread(graph: Graph, known: Float32Array, colours: Float32Array): Float32Array {
  const out = colours.slice();
  const hold = known.map((weight) => weight * HOLD);
  const sum = known.reduce((total, weight) => total + weight, 0);
  for (let c = 0; c < 3; c++) {
    const channel = Float32Array.from(known, (_, i) => colours[i * 3 + c] ?? 0);
    const mean = channel.reduce((total, value, i) => total + value * (known[i] ?? 0), 0) / Math.max(sum, 1);
    const source = channel.map((value, i) => value * (hold[i] ?? 0));
    const settled = channel.map((value, i) => (known[i] ? value : mean));
    solveLaplacian(graph, hold, source, settled);
    settled.forEach((value, i) => (out[i * 3 + c] = value));
  }
  return out;
}

/** For each node the median colour on the way to the middle of its limb, following the thickness upwards. */
function paintSides({ count, part, graph }: Sheets, thickness: Float32Array, colours: Float32Array): Float32Array {
  const side = new Float32Array(count * 3);
  const uphill = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    uphill[i] = i;
    for (let k = i * 4; k < i * 4 + 4; k++) {
      const j = graph.neighbours[k] ?? -1;
      const isHigher = j >= 0 && (thickness[j] ?? 0) > (thickness[uphill[i] ?? 0] ?? 0);
      if (isHigher && part[j] === part[i]) uphill[i] = j;
    }
  }
  for (let i = 0; i < count; i++) {
    const way = [i];
    for (let at = i; uphill[at] !== at && way.length < 200;) {
      at = uphill[at] ?? at;
      way.push(at);
    }
    const [from, to] = part[i] === PART.head ? HEAD_SIDE : BODY_SIDE;
    const samples = Array.from({ length: SIDE_SAMPLES }, (_, k) => {
      const share = from + ((to - from) * k) / (SIDE_SAMPLES - 1);
      return way[Math.round(share * (way.length - 1))] ?? i;
    });
    for (let c = 0; c < 3; c++) side[i * 3 + c] = median(samples.map((node) => colours[node * 3 + c] ?? 0));
  }
  return evenedOut(graph, side);
}

/** Each node's colour as the mean of its own and its neighbours', several times over. */
function evenedOut({ count, neighbours }: Graph, colours: Float32Array): Float32Array {
  let current = colours;
  for (let round = 0; round < SIDE_ROUNDS; round++) {
    const next = current.slice();
    for (let i = 0; i < count; i++) {
      const near = [i, ...neighbours.subarray(i * 4, i * 4 + 4)].filter((j) => j >= 0);
      for (let c = 0; c < 3; c++) {
        next[i * 3 + c] = near.reduce((sum, j) => sum + (current[j * 3 + c] ?? 0), 0) / near.length;
      }
    }
    current = next;
  }
  return current;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
