import type { TokenGrid } from './token-grid.ts';

/** Cosines and sines of the angles by which pairs of channels turn: [rows, pairs] each, one row a token. */
export interface RotaryTable {
  readonly rows: number;
  readonly pairs: number;
  readonly cos: Float32Array;
  readonly sin: Float32Array;
}

/** Base of the frequencies of rotary position embeddings. */
const THETA = 10_000;

/**
 * Rotary tables of a sequence of `first` pictures of `grid` tokens, row (first * height + y) * width + x. The channels of a head are
 * shared out as a quarter for the first axis (latent frame, or place of a view in its group) and three eighths each for y and x.
 * A grid of another shape than `trained` is fitted into it and centred.
 */
export function rotaryTable(first: number, grid: TokenGrid, trained: TokenGrid, headSize: number): RotaryTable {
  const quarter = headSize / 4;
  const rest = (headSize * 3) / 8;
  const { y, x } = picturePositions(grid, trained);
  const frames = axisAngles(Array.from({ length: first }, (_, i) => i), quarter); // prettier-ignore
  const [rows, columns] = [axisAngles(y, rest), axisAngles(x, rest)];
  const angles: number[][] = [];
  for (const a of frames) for (const b of rows) for (const c of columns) angles.push([...a, ...b, ...c]);
  const flat = angles.flat();
  return {
    rows: angles.length,
    pairs: headSize / 2,
    cos: Float32Array.from(flat, Math.cos),
    sin: Float32Array.from(flat, Math.sin),
  };
}

/** `table` behind `count` rows that turn nothing. */
export function afterUnturned(count: number, { rows, pairs, cos, sin }: RotaryTable): RotaryTable {
  const behind = (values: Float32Array, fill: number): Float32Array => {
    const longer = new Float32Array((count + rows) * pairs).fill(fill, 0, count * pairs);
    longer.set(values, count * pairs);
    return longer;
  };
  return { rows: count + rows, pairs, cos: behind(cos, 1), sin: behind(sin, 0) };
}

/** For every position, the angle of each pair of `size` channels; the authors round frequencies and products to float32. */
function axisAngles(positions: readonly number[], size: number): number[][] {
  const frequencies = Array.from({ length: size / 2 }, (_, pair) => Math.fround(THETA ** ((-2 * pair) / size)));
  return positions.map((position) => frequencies.map((frequency) => Math.fround(Math.fround(position) * frequency)));
}

function picturePositions(grid: TokenGrid, trained: TokenGrid): { y: number[]; x: number[] } {
  const ratio = grid.height / grid.width;
  const tall = ratio > trained.height / trained.width;
  const height = tall ? trained.height : roundHalfEven((trained.width / grid.width) * grid.height);
  const width = tall ? roundHalfEven((trained.height / grid.height) * grid.width) : trained.width;
  return {
    y: spread(roundHalfEven((trained.height - height) / 2), height, grid.height),
    x: spread(roundHalfEven((trained.width - width) / 2), width, grid.width),
  };
}

/**
 * Positions of `count` tokens over `length` places from `start` on. The authors' code takes the end point as a share of the stop
 * and not of the length, so that a part that does not start at 0 is spread a little wider; the network was trained so.
 */
function spread(start: number, length: number, count: number): number[] {
  if (count === 1) return [start];
  const end = ((start + length) * (count - 1)) / count;
  return Array.from({ length: count }, (_, i) => start + (i * (end - start)) / (count - 1));
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
