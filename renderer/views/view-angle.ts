import type { ClipCamera } from '../../core/document/document.ts';

const SIDES = ['front', 'front left', 'left', 'back left', 'back', 'back right', 'right', 'front right'] as const;

/**
 * Where a camera stands around the character: whole degrees counter-clockwise seen from above, 0 before it (at -y), and in
 * words, left and right being the character's own.
 */
export function viewAngle({ cameraToWorld }: Pick<ClipCamera, 'cameraToWorld'>): {
  readonly degrees: number;
  readonly side: (typeof SIDES)[number];
} {
  const [x, y] = [cameraToWorld[3] ?? 0, cameraToWorld[7] ?? 0];
  const degrees = (Math.round((Math.atan2(x, -y) * 180) / Math.PI) + 360) % 360;
  return { degrees, side: SIDES[Math.round(degrees / 45) % 8] ?? 'front' };
}
