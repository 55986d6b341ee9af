import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CopiedPose } from '../../core/pose-edit/copied-pose.ts';
import type { Box } from '../../core/pose-edit/hit-test.ts';
import type { Easing } from '../../core/pose-edit/interpolate-keys.ts';
import type { Area, View } from './view.ts';

/** What is edited: a frame of the motion, or the character as it stands in its picture. */
export type PoseTarget = 'motion' | 'rest';
export type Backdrop = 'none' | 'picture' | 'video' | 'clip';

/** How the pose editor is set up. Not part of the document and not of undo. */
export interface PoseSessionState {
  /** Whether the editor is on the screen; its commands need it. */
  readonly isOpen: boolean;
  readonly target: PoseTarget;
  readonly selection: ReadonlySet<number>;
  readonly hover: number | null;
  /** The box that is being drawn to select, in pixels of the frame. */
  readonly box: Box | null;
  readonly keepsLengths: boolean;
  readonly isSymmetric: boolean;
  /** Frames before and after that shine through; 0: none. */
  readonly onion: number;
  /** null: the best there is. */
  readonly backdrop: Backdrop | null;
  /** 0..1 */
  readonly opacity: number;
  /** null: the frame fits into the area. */
  readonly view: View | null;
  /** Size of the canvas in pixels of the page. */
  readonly area: Area;
  readonly copied: CopiedPose | null;
  readonly easing: Easing;
  readonly showsPreview: boolean;
  /** Joints of the rest pose that are not shown. */
  readonly hiddenInRest: ReadonlySet<number>;
  /** Which dialog of the editor is open. */
  readonly dialog: 'paste' | 'import' | null;
  /** What was done last, for those who cannot see it. */
  readonly notice: string;
}

export type PoseSession = StoreApi<PoseSessionState>;

export const createPoseSession = (initial: Partial<PoseSessionState> = {}): PoseSession =>
  createStore<PoseSessionState>()(() => ({
    isOpen: false,
    target: 'motion',
    selection: new Set<number>(),
    hover: null,
    box: null,
    keepsLengths: true,
    isSymmetric: false,
    onion: 0,
    backdrop: null,
    opacity: 0.7,
    view: null,
    area: { width: 1, height: 1 },
    copied: null,
    easing: 'ease',
    showsPreview: true,
    hiddenInRest: new Set<number>(),
    dialog: null,
    notice: '',
    ...initial,
  }));
