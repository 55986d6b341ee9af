/**
 * The place, between two frames perhaps, that lies at the same time in a sequence of `to` frames as `frame` in one of
 * `from` frames. A clip has fewer frames than the motion that it shows, and both begin and end together.
 */
export const mapFrame = (frame: number, from: number, to: number): number =>
  from === to ? frame : from > 1 && to > 1 ? (frame * (to - 1)) / (from - 1) : 0;
