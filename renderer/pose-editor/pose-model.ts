import { type MotionRecord, type PoseRecord, poseRecords, recordOf } from '../../core/document/document.ts';
import { handMotion } from '../../core/pose-edit/hand-motion.ts';
import { groupOf, groupsOfJoints, jointsOf } from '../../core/pose-edit/joint-groups.ts';
import { isKnown, pointCount, type Points } from '../../core/pose-edit/points.ts';
import type { ProjectStore } from '../document/project-store.ts';
import type { PlaybackStore } from '../playback/playback-store.ts';
import { createPoseSession, type PoseSession, type PoseTarget } from './pose-session.ts';
import { motionFrame, recordAt, shownPose, type ShownPose, withPoints, withRecords } from './shown-pose.ts';
import { fitView, type View } from './view.ts';

/** A drag: each update replaces the one before; all of it is one step of undo. */
export interface PointsGesture {
  readonly start: ShownPose;
  readonly update: (points: Points) => void;
  readonly commit: () => void;
  readonly cancel: () => void;
}

export interface PoseStores {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
  readonly session: PoseSession;
}

/** What tools, commands and panels of the pose editor do to its three stores. */
export class PoseModel {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
  readonly session: PoseSession;
  #known: { readonly key: readonly unknown[]; readonly shown: ShownPose | undefined } | undefined;

  constructor({ project, playback, session }: PoseStores) {
    this.project = project;
    this.playback = playback;
    this.session = session;
  }

  /** The pose on the screen. The same object until it changes. */
  shown(): ShownPose | undefined {
    const { document } = this.project.getState();
    const { target, hiddenInRest } = this.session.getState();
    const frame = target === 'rest' ? 0 : this.frame();
    const key = [document, target, frame, hiddenInRest];
    if (!this.#known || key.some((part, i) => part !== this.#known?.key[i])) {
      this.#known = { key, shown: shownPose(document, target, frame, hiddenInRest) };
    }
    return this.#known.shown;
  }

  /** The frame of the motion at the playhead. */
  frame(): number {
    return motionFrame(this.motion(), this.playback.getState());
  }

  motion(): MotionRecord | undefined {
    return recordOf(this.project.getState().document, 'motion');
  }

  /** Joints that can be seen and taken hold of. */
  visibleJoints(shown: ShownPose): number[] {
    return allJoints(shown).filter((joint) => isKnown(shown.points, joint) && !shown.hidden.has(joint));
  }

  /** The joints that a command is about: the selected ones, or all where none is. */
  chosenJoints(shown: ShownPose): number[] {
    const { selection } = this.session.getState();
    return selection.size > 0 ? [...selection].filter((joint) => joint < pointCount(shown.skeleton)) : allJoints(shown);
  }

  select(joints: Iterable<number>): void {
    this.session.setState({ selection: new Set(joints) });
  }

  view(shown: ShownPose): View {
    const { view, area } = this.session.getState();
    return view ?? fitView(shown, area);
  }

  /** Changes the points of the shown pose: one step. */
  edit(label: string, edit: (points: Points, shown: ShownPose) => Points): void {
    this.playback.pause();
    const shown = this.shown();
    if (!shown) return;
    const points = edit(shown.points, shown);
    this.project.change(label, (document) => withPoints(document, shown, points));
    this.notify(label);
  }

  begin(label: string): PointsGesture | undefined {
    this.playback.pause();
    const start = this.shown();
    if (!start) return undefined;
    const gesture = this.project.begin(label);
    return {
      start,
      update: (points) => {
        gesture.update((document) => withPoints(document, start, points));
      },
      commit: gesture.commit,
      cancel: gesture.cancel,
    };
  }

  /** Changes the record of the shown frame, or, with `frames`, of those. Nothing happens to a rest pose. */
  editRecords(label: string, edit: (record: PoseRecord) => PoseRecord, frames?: Iterable<number>): void {
    const motion = this.motion();
    if (!motion || this.session.getState().target === 'rest') return;
    this.playback.pause();
    const at = frames ?? [this.frame()];
    this.project.change(label, (document) => {
      const records = Array.from(at, (frame) => recordAt(document, motion, frame));
      return withRecords(
        document,
        records.flatMap((record) => {
          const edited = edit(record);
          return edited === record ? [] : [edited];
        }),
      );
    });
    this.notify(label);
  }

  /** Changes records that depend on each other: gets those of all frames, gives those that change. */
  editMotion(
    label: string,
    edit: (poses: readonly PoseRecord[], motion: MotionRecord) => readonly PoseRecord[],
  ): number {
    const motion = this.motion();
    if (!motion) return 0;
    this.playback.pause();
    let changed = 0;
    this.project.change(label, (document) => {
      const poses = poseRecords(document).map(({ frame }) => recordAt(document, motion, frame));
      const records = edit(poses, motion);
      changed = records.length;
      return withRecords(document, records);
    });
    return changed;
  }

  /** A motion of the artist's own, where there is none. */
  startByHand(): void {
    this.project.change('Start a motion by hand', (document) => {
      if (recordOf(document, 'motion')) return document;
      const { motion, poses } = handMotion(recordOf(document, 'character'));
      return withRecords(new Map(document).set('motion', motion), poses);
    });
  }

  notify(notice: string): void {
    this.session.setState({ notice });
  }

  selectGroupOf(joint: number): void {
    const shown = this.shown();
    if (!shown) return;
    const visible = new Set(this.visibleJoints(shown));
    this.select(jointsOf(shown.skeleton, groupOf(shown.skeleton, joint)).filter((other) => visible.has(other)));
  }

  /** Makes whole groups of what is selected. */
  selectGroups(): void {
    const shown = this.shown();
    if (!shown) return;
    const visible = new Set(this.visibleJoints(shown));
    const joints = this.chosenGroups(shown).flatMap((group) => jointsOf(shown.skeleton, group));
    this.select(joints.filter((joint) => visible.has(joint)));
  }

  setTarget(target: PoseTarget): void {
    this.session.setState({ target, selection: new Set(), hover: null, view: null });
  }

  /** Groups of the selected joints, or all that the skeleton has. */
  chosenGroups(shown: ShownPose) {
    return groupsOfJoints(shown.skeleton, this.chosenJoints(shown));
  }
}

const models = new WeakMap<ProjectStore, PoseModel>();

/** The model of an open project: selection, view and what was copied stay while the editor is not on the screen. */
export function poseModelOf(project: ProjectStore, playback: PlaybackStore): PoseModel {
  const model = models.get(project) ?? new PoseModel({ project, playback, session: createPoseSession() });
  models.set(project, model);
  return model;
}

export const allJoints = ({ skeleton }: ShownPose): number[] =>
  Array.from({ length: pointCount(skeleton) }, (_, joint) => joint);
