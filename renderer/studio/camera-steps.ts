/**
 * The camera to go to from the one that is looked through, around the ring. From none the next one is the first and the one
 * before it the last; null where there are no cameras.
 */
export function cameraAfter(current: number | null, by: 1 | -1, cameras: number): number | null {
  if (cameras === 0) return null;
  if (current === null) return by === 1 ? 0 : cameras - 1;
  return (((current + by) % cameras) + cameras) % cameras;
}
