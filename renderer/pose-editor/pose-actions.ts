import { copyPose, pastePose } from '../../core/pose-edit/copied-pose.ts';
import { addKeys, hideJoints, removeKeys, resetPose } from '../../core/pose-edit/edit-record.ts';
import { turnJoints } from '../../core/pose-edit/drag-joint.ts';
import { interpolateKeys } from '../../core/pose-edit/interpolate-keys.ts';
import { isKnown, middleOf, type Points } from '../../core/pose-edit/points.ts';
import { restoreJoints, standingFigure } from '../../core/pose-edit/standing-figure.ts';
import { editPose } from '../../core/pose-edit/edit-record.ts';
import { copySide, mirrorPoints } from '../../core/pose-edit/symmetry.ts';
import { counted } from '../ui/words.ts';
import { allJoints, type PoseModel } from './pose-model.ts';
import { recordAt, type ShownPose } from './shown-pose.ts';

// What can be done to the shown pose. Each is one step of undo, about the selected joints, or about all where none is.

/** `points` with the confidence of some joints set; unknown joints stay unknown. */
export function withConfidence(points: Points, joints: Iterable<number>, confidence: number): Points {
  const result = [...points];
  for (const joint of joints) {
    if (isKnown(points, joint)) result[joint * 3 + 2] = Math.round(Math.min(Math.max(confidence, 0.01), 1) * 100) / 100;
  }
  return result;
}

export function deleteJoints(model: PoseModel): void {
  model.edit('Delete joints', (points, shown) => {
    const result = [...points];
    for (const joint of model.chosenJoints(shown)) result.fill(0, joint * 3, joint * 3 + 3);
    return result;
  });
}

/** Puts deleted joints back: as detected, as in a neighbouring frame, or where a standing figure has them. */
export function restoreDeleted(model: PoseModel, joints?: readonly number[]): void {
  model.edit('Restore joints', (points, shown) =>
    restoreJoints(points, shown.skeleton, joints ?? model.chosenJoints(shown), seenElsewhere(model, shown), shown),
  );
}

function seenElsewhere(model: PoseModel, { record, frame }: ShownPose): Points[] {
  const motion = model.motion();
  if (!record || !motion) return [];
  const { document } = model.project.getState();
  const around = [frame - 1, frame + 1].filter((at) => at >= 0 && at < motion.frames);
  return [
    ...(record.original ? [record.original] : []),
    ...around.map((at) => recordAt(document, motion, at).keypoints),
  ];
}

export function placeFigure(model: PoseModel): void {
  model.edit('Place a standing figure', (_, shown) => standingFigure(shown.skeleton, shown));
}

export function mirrorPose(model: PoseModel): void {
  model.edit('Mirror pose', (points, { skeleton }) => mirrorPoints(points, skeleton));
}

export function copyOneSide(model: PoseModel, from: 'right' | 'left'): void {
  const label = from === 'right' ? 'Copy right side to left' : 'Copy left side to right';
  model.edit(label, (points, { skeleton }) => copySide(points, skeleton, from));
}

/** Turns the chosen joints about their middle by so many degrees, clockwise, and scales them. */
export function turnChosen(model: PoseModel, degrees: number, scale = 1): void {
  model.edit(scale === 1 ? 'Turn joints' : 'Scale joints', (points, shown) => {
    const joints = model.chosenJoints(shown).filter((joint) => isKnown(points, joint));
    const about = middleOf(points, joints);
    return about ? turnJoints(points, joints, about, (degrees * Math.PI) / 180, scale) : points;
  });
}

export function changeConfidence(model: PoseModel, by: number): void {
  model.edit('Change confidence', (points, shown) => {
    const joints = model.chosenJoints(shown);
    return joints.reduce<Points>((all, k) => withConfidence(all, [k], (points[k * 3 + 2] ?? 0) + by), points);
  });
}

/** Does not show the chosen joints, or shows them again, in all frames. They still count. */
export function setHidden(model: PoseModel, joints: readonly number[], isHidden: boolean): void {
  const label = isHidden ? 'Hide joints' : 'Show joints';
  const motion = model.motion();
  if (model.session.getState().target === 'rest') {
    const { hiddenInRest } = model.session.getState();
    const hidden = new Set([...hiddenInRest, ...joints]);
    if (!isHidden) for (const joint of joints) hidden.delete(joint);
    model.session.setState({ hiddenInRest: hidden, notice: label });
  } else if (motion) {
    const frames = Array.from({ length: motion.frames }, (_, frame) => frame);
    model.editRecords(label, (record) => hideJoints(record, joints, isHidden), frames);
  }
}

export function showAll(model: PoseModel): void {
  const shown = model.shown();
  if (shown) setHidden(model, allJoints(shown), false);
}

export function resetToDetected(model: PoseModel): void {
  const shown = model.shown();
  if (!shown?.record) return;
  const joints = model.chosenJoints(shown);
  model.editRecords('Reset to detected', (record) => resetPose(record, shown.skeleton, joints));
}

export function setKeys(model: PoseModel, isKey: boolean): void {
  const shown = model.shown();
  if (!shown) return;
  const groups = model.chosenGroups(shown);
  const edit = isKey ? addKeys : removeKeys;
  model.editRecords(isKey ? 'Set keys' : 'Remove keys', (record) => edit(record, groups));
}

/** Fills the frames between the keys around the playhead, or between all, for the chosen groups. */
export function interpolate(model: PoseModel, where: 'here' | 'everywhere'): void {
  const shown = model.shown();
  if (!shown?.record) return;
  const groups = model.chosenGroups(shown);
  const { easing } = model.session.getState();
  const changed = model.editMotion('Interpolate between keys', (poses, { skeleton }) =>
    interpolateKeys(poses, skeleton, groups, easing, where === 'here' ? shown.frame : undefined),
  );
  model.notify(
    changed > 0
      ? `Filled ${counted(changed, 'frame')} between keys`
      : 'There is nothing to fill here: set a key of the group before and after.',
  );
}

export function copyChosen(model: PoseModel): void {
  const shown = model.shown();
  if (!shown) return;
  const { selection } = model.session.getState();
  const copied = copyPose(shown.skeleton, shown.points, selection.size > 0 ? model.chosenJoints(shown) : []);
  model.session.setState({ copied, notice: selection.size > 0 ? 'Copied joints' : 'Copied pose' });
}

export function pasteHere(model: PoseModel): void {
  const { copied } = model.session.getState();
  if (copied) model.edit('Paste pose', (points, { skeleton }) => pastePose(points, skeleton, copied));
}

/** Pastes into frames `first` to `last` of the motion, both included. */
export function pasteToFrames(model: PoseModel, first: number, last: number): void {
  const { copied } = model.session.getState();
  const motion = model.motion();
  if (!copied || !motion) return;
  const [from, to] = [Math.max(0, Math.min(first, last)), Math.min(motion.frames - 1, Math.max(first, last))];
  const frames = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const { skeleton } = motion;
  model.editRecords(
    `Paste pose to ${counted(frames.length, 'frame')}`,
    (record) => editPose(record, skeleton, pastePose(record.keypoints, skeleton, copied)),
    frames,
  );
}
