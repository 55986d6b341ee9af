/** The part of the frame that a preview's poses take up. */
export interface FigureBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

type Pose = readonly number[];

/** The box around all known points of all poses, a margin added; the whole frame where nothing is known. */
export function figureBox(
  poses: readonly Pose[],
  frame: { readonly width: number; readonly height: number },
): FigureBox {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const pose of poses) {
    for (let k = 0; k + 2 < pose.length; k += 3) {
      if (!pose[k + 2]) continue;
      xs.push(pose[k] ?? 0);
      ys.push(pose[k + 1] ?? 0);
    }
  }
  if (xs.length === 0) return { x: 0, y: 0, ...frame };
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const margin = 0.12 * Math.max(right - left, bottom - top, 1);
  return { x: left - margin, y: top - margin, width: right - left + 2 * margin, height: bottom - top + 2 * margin };
}

/**
 * The pose at `phase` of a motion that these poses are evenly spread over (0: its start, 1: its start again), between two of
 * them where it must be. A point is known where both know it.
 */
export function poseAtPhase(poses: readonly Pose[], phase: number): Pose {
  const place = (phase - Math.floor(phase)) * poses.length;
  const index = Math.floor(place);
  const before = poses[index % poses.length] ?? [];
  const after = poses[(index + 1) % poses.length] ?? before;
  const share = place - index;
  return before.map((value, i) =>
    i % 3 === 2 ? Math.min(value, after[i] ?? 0) : value + ((after[i] ?? value) - value) * share,
  );
}
