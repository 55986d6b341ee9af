import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  type LimbGroup,
  type MotionRecord,
  type PoseRecord,
  type ProjectDocument,
  recordOf,
} from '../../core/document/document.ts';
import { addKeys, removeKeys } from '../../core/pose-edit/edit-record.ts';
import { mapFrame } from '../../core/pose-edit/frame-map.ts';
import { type Easing, interpolateKeys } from '../../core/pose-edit/interpolate-keys.ts';
import { allowedShift, type Key, moveKeys } from '../../core/pose-edit/move-keys.ts';
import { retimeMotion, trimMotion } from '../../core/pose-edit/retime.ts';
import type { ProjectStore } from '../document/project-store.ts';
import type { PlaybackStore } from '../playback/playback-store.ts';
import { type FrameFacts, frameFacts } from './frame-facts.ts';
import { fitScale, type TimelineScale } from './timeline-scale.ts';

/** How the timeline is set up. Not part of the document and not of undo. */
export interface TimelineSession {
  /** null: all frames fit. */
  readonly scale: TimelineScale | null;
  /** Width of the lanes in pixels of the page. */
  readonly width: number;
  readonly selection: readonly Key[];
  /** Where the keyboard is in the lanes; there may be no key, or none any more: then it is at the nearest one. */
  readonly focus: Key | null;
  /** Selected keys that are dragged: by so many frames, and whether copies of them. */
  readonly drag: { readonly by: number; readonly copy: boolean } | null;
  /** Keys that are being selected: frames and groups of a box. */
  readonly box: KeyBox | null;
  readonly showsLanes: boolean;
  /** Whether frames between keys are filled again when keys are moved, and how. */
  readonly refill: Easing | null;
  readonly dialog: 'length' | null;
  readonly notice: string;
}

export interface KeyBox {
  readonly fromFrame: number;
  readonly toFrame: number;
  readonly groups: readonly LimbGroup[];
}

export const isSameKey = (a: Key, b: Key): boolean => a.frame === b.frame && a.group === b.group;

/** What tools, commands and fields of the timeline do. */
export class TimelineModel {
  readonly project: ProjectStore;
  readonly playback: PlaybackStore;
  readonly session: StoreApi<TimelineSession>;
  #known: { readonly document: ProjectDocument; readonly facts: FrameFacts | undefined } | undefined;

  constructor(project: ProjectStore, playback: PlaybackStore) {
    this.project = project;
    this.playback = playback;
    this.session = createStore<TimelineSession>()(() => ({
      ...{ scale: null, width: 1, selection: [], focus: null, drag: null, box: null, showsLanes: true },
      ...{ refill: null, dialog: null, notice: '' },
    }));
  }

  /** The same object until the document changes. */
  facts(): FrameFacts | undefined {
    const { document } = this.project.getState();
    if (this.#known?.document !== document) this.#known = { document, facts: frameFacts(document) };
    return this.#known.facts;
  }

  scale(): TimelineScale {
    const { scale, width } = this.session.getState();
    return scale ?? fitScale(this.facts()?.frames ?? 1, width);
  }

  motion(): MotionRecord | undefined {
    return recordOf(this.project.getState().document, 'motion');
  }

  /** Where the playhead is, in frames of the timeline: it may count those of a clip. */
  playhead(): number {
    const { frame, frames } = this.playback.getState();
    return mapFrame(frame, frames, this.facts()?.frames ?? frames);
  }

  /** To a frame of the timeline. */
  seek(frame: number): void {
    const { frames } = this.playback.getState();
    const length = this.facts()?.frames ?? frames;
    this.playback.pause();
    this.playback.seek(mapFrame(Math.min(Math.max(frame, 0), length - 1), length, frames));
  }

  /** The loop that plays, in frames of the timeline. */
  loop(): MotionRecord['loop'] {
    const { loop, frames } = this.playback.getState();
    const length = this.facts()?.frames ?? frames;
    return loop && [Math.round(mapFrame(loop[0], frames, length)), Math.round(mapFrame(loop[1], frames, length))];
  }

  /** Plays this over and over, without a change of the document: while it is dragged. */
  tryLoop(loop: MotionRecord['loop']): void {
    const { frames } = this.playback.getState();
    const length = this.facts()?.frames ?? frames;
    const at = (frame: number): number => Math.round(mapFrame(frame, length, frames));
    this.playback.setLoop(loop && [at(loop[0]), at(loop[1])]);
  }

  /** Keys that are there; those of a selection may be gone after an undo. */
  selectedKeys(): Key[] {
    const poses = this.facts()?.poses ?? [];
    return this.session.getState().selection.filter(({ frame, group }) => poses[frame]?.keys.includes(group));
  }

  select(selection: readonly Key[]): void {
    this.session.setState({ selection });
  }

  /** All keys of the motion. */
  selectKeys(): void {
    this.select((this.facts()?.poses ?? []).flatMap(({ frame, keys }) => keys.map((group): Key => ({ frame, group }))));
  }

  addKey({ frame, group }: Key): void {
    this.#changePoses('Set key', (poses) => {
      const record = poses[frame];
      return record ? [addKeys(record, [group])] : [];
    });
    this.session.setState({ selection: [{ frame, group }], focus: { frame, group } });
  }

  deleteSelected(): void {
    const keys = this.selectedKeys();
    if (keys.length === 0) return;
    this.#changePoses('Delete keys', (poses) =>
      poses.flatMap((record) => {
        const groups = keys.filter(({ frame }) => frame === record.frame).map(({ group }) => group);
        return groups.length > 0 ? [removeKeys(record, groups)] : [];
      }),
    );
    const [{ frame }] = keys as [Key];
    this.session.setState({
      notice: keys.length === 1 ? `Key at frame ${frame + 1} deleted` : `${keys.length} keys deleted`,
    });
    this.select([]);
  }

  /** Moves or copies the selected keys; with `refill` the frames between keys of their groups are filled again, in the same step. */
  moveSelected(by: number, copy: boolean): void {
    const motion = this.motion();
    const keys = this.selectedKeys();
    const { refill } = this.session.getState();
    if (!motion || keys.length === 0 || by === 0) return;
    const { skeleton } = motion;
    this.#changePoses(copy ? 'Copy keys' : 'Move keys', (poses) => {
      const moved = moveKeys(poses, skeleton, keys, by, { copy });
      if (refill === null) return moved;
      const after = [...poses];
      for (const record of moved) after[record.frame] = record;
      const groups = [...new Set(keys.map(({ group }) => group))];
      const filled = interpolateKeys(after, skeleton, groups, refill);
      return [...moved.filter(({ frame }) => !filled.some((record) => record.frame === frame)), ...filled];
    });
    const shift = allowedShift(motion.frames, keys, by);
    const { focus } = this.session.getState();
    const isFocused = focus !== null && keys.some((key) => isSameKey(key, focus));
    this.session.setState({
      selection: keys.map(({ frame, group }) => ({ frame: frame + shift, group })),
      focus: isFocused ? { ...focus, frame: focus.frame + shift } : focus,
    });
  }

  /** Sets what plays over and over, or with null all. */
  setLoop(loop: MotionRecord['loop']): void {
    const motion = this.motion();
    const kept = loop && orderedWithin(loop, this.facts()?.frames ?? 1);
    this.tryLoop(kept);
    if (!motion || String(motion.loop) === String(kept)) return;
    this.project.change(kept ? 'Set loop' : 'Clear loop', (document) =>
      new Map(document).set('motion', { ...motion, loop: kept }),
    );
  }

  /** Another number of frames or rate: the poses are resampled. One step; the selection of keys is gone with the frames. */
  retime(frames: number, fps: number): void {
    this.#replaceMotion('Change length and rate', (motion, poses) => retimeMotion(motion, poses, { frames, fps }));
  }

  /** Leaves only the frames of the loop. */
  trimToLoop(): void {
    const loop = this.motion()?.loop;
    if (!loop) return;
    this.#replaceMotion('Trim to loop', (motion, poses) => trimMotion(motion, poses, loop));
  }

  #replaceMotion(
    label: string,
    make: (motion: MotionRecord, poses: readonly PoseRecord[]) => ReturnType<typeof retimeMotion>,
  ): void {
    const [motion, facts] = [this.motion(), this.facts()];
    if (!motion || !facts) return;
    this.playback.pause();
    const result = make(motion, facts.poses);
    this.project.change(label, (document) => {
      const changed = new Map(document).set('motion', result.motion);
      for (const { id } of facts.poses) changed.delete(id);
      for (const record of result.poses) changed.set(record.id, record);
      return changed;
    });
    this.session.setState({ selection: [], scale: null, notice: label });
  }

  #changePoses(label: string, edit: (poses: PoseRecord[]) => readonly PoseRecord[]): void {
    const poses = [...(this.facts()?.poses ?? [])];
    if (poses.length === 0) return;
    this.project.change(label, (document) => {
      const changed = new Map(document);
      for (const record of edit(poses)) changed.set(record.id, record);
      return changed;
    });
    this.session.setState({ notice: label });
  }
}

const orderedWithin = ([a, b]: readonly [number, number], frames: number): readonly [number, number] => {
  const at = (frame: number): number => Math.min(Math.max(frame, 0), frames - 1);
  return [at(Math.min(a, b)), at(Math.max(a, b))];
};

/** Keeps the loop that plays that of the document, also after an undo. Gives back how to end that. */
export function followLoop(model: TimelineModel): () => void {
  let known: MotionRecord['loop'] | undefined;
  const follow = (): void => {
    const loop = model.motion()?.loop ?? null;
    if (known !== undefined && String(loop) === String(known)) return;
    known = loop;
    model.tryLoop(loop);
  };
  follow();
  return model.project.subscribe(follow);
}

const models = new WeakMap<ProjectStore, TimelineModel>();

/** The model of an open project. */
export function timelineModelOf(project: ProjectStore, playback: PlaybackStore): TimelineModel {
  const model = models.get(project) ?? new TimelineModel(project, playback);
  models.set(project, model);
  return model;
}
