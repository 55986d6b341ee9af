import { dragJoint, moveJoints } from '../../../core/pose-edit/drag-joint.ts';
import { placeAt, type Points } from '../../../core/pose-edit/points.ts';
import { symmetricEdit } from '../../../core/pose-edit/symmetry.ts';
import type { PointsGesture, PoseModel } from '../pose-model.ts';
import type { ShownPose } from '../shown-pose.ts';
import { idle } from './idle.ts';
import { CLICK_SLOP, type PointerInput, type ToolState } from './tool-state.ts';

/** A joint is held: with the others that are selected it goes where the pointer goes. */
export function dragging(model: PoseModel, down: PointerInput, joint: number): ToolState {
  let gesture: PointsGesture | undefined;
  const wasSelected = model.session.getState().selection.has(joint);
  const end = (): ToolState => idle(model);
  return {
    name: 'drag',
    enter: () => {
      if (wasSelected) return;
      model.select(down.shift ? [...model.session.getState().selection, joint] : [joint]);
    },
    pointerMove: ({ at, alt }) => {
      const [x, y] = [at.x - down.at.x, at.y - down.at.y];
      if (!gesture && Math.hypot(x, y) < CLICK_SLOP) return undefined;
      gesture ??= model.begin('Move joints');
      if (!gesture) return end();
      const { scale } = model.view(gesture.start);
      gesture.update(pulled(model, gesture.start, joint, x / scale, y / scale, alt));
      return undefined;
    },
    pointerUp: () => {
      if (gesture) gesture.commit();
      else if (wasSelected) model.select(clicked(model, joint, down.shift));
      return end();
    },
    cancel: () => {
      gesture?.cancel();
      gesture = undefined;
      return end();
    },
    exit: () => gesture?.commit(),
  };
}

/** A click on a joint of a selection takes it out, with Shift, or leaves it alone. */
function clicked(model: PoseModel, joint: number, shift: boolean): number[] {
  return shift ? [...model.session.getState().selection].filter((other) => other !== joint) : [joint];
}

/** The points after the selected joints were moved by so many pixels of the frame, as the switches of the editor say. */
export function pulled(
  model: PoseModel,
  { points, skeleton }: ShownPose,
  joint: number,
  dx: number,
  dy: number,
  free: boolean,
): Points {
  const { selection, keepsLengths, isSymmetric } = model.session.getState();
  const place = placeAt(points, joint);
  const moved =
    keepsLengths && !free && selection.size <= 1 && place
      ? dragJoint(points, skeleton, joint, { x: place.x + dx, y: place.y + dy })
      : moveJoints(points, selection, dx, dy);
  return isSymmetric ? symmetricEdit(points, moved, skeleton) : moved;
}
