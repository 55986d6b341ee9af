import { moveJoints } from '../../core/pose-edit/drag-joint.ts';
import { symmetricEdit } from '../../core/pose-edit/symmetry.ts';
import type { PoseModel } from './pose-model.ts';

const DIRECTIONS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const LARGE_STEP = 10;

interface ArrowPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Moves the selected joints by a pixel of the frame, with Shift by ten; whether the key is one that does. */
export function nudge(model: PoseModel, { key, shiftKey, altKey, ctrlKey, metaKey }: ArrowPress): boolean {
  const direction = DIRECTIONS[key];
  const { selection, isSymmetric } = model.session.getState();
  if (!direction || altKey || ctrlKey || metaKey || selection.size === 0) return false;
  const step = shiftKey ? LARGE_STEP : 1;
  model.edit('Move joints', (points, { skeleton }) => {
    const moved = moveJoints(points, selection, direction[0] * step, direction[1] * step);
    return isSymmetric ? symmetricEdit(points, moved, skeleton) : moved;
  });
  return true;
}
