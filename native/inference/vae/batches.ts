/** Video frames of one encoder run, and latent frames of one decoder run, once the remainder is done. */
export const BATCH_FRAMES = { encoder: 8, decoder: 2 } as const;

/** First frame and number of frames of each batch: whole batches of `size`, the first takes the remainder as well. */
export function frameBatches(frames: number, size: number): { start: number; count: number }[] {
  const batches = Math.max(1, Math.floor(frames / size));
  const first = frames - (batches - 1) * size;
  return Array.from({ length: batches }, (_, index) =>
    index === 0 ? { start: 0, count: first } : { start: first + (index - 1) * size, count: size },
  );
}
