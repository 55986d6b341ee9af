/** The time in 0..1 of frame `frame` of `frames`; a single frame is at 0. */
export const frameTime = (frame: number, frames: number): number => (frames > 1 ? frame / (frames - 1) : 0);
