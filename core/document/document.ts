import type { RecordsDiff, Records } from './records.ts';
import type { ClipInputs } from './clip-inputs.ts';
import type { SkeletonId } from '../poses/skeleton.ts';

/**
 * What a project is made of: plain JSON records by id. Large things (pictures, videos, scenes) lie beside them as assets
 * and are named by the SHA-256 of their bytes.
 */
export type DocumentRecord =
  | ProjectRecord
  | CharacterRecord
  | MotionRecord
  | PoseRecord
  | SettingsRecord
  | ClipRecord
  | SceneRecord
  | WorkspaceRecord;

export type ProjectDocument = Records<DocumentRecord>;
export type DocumentDiff = RecordsDiff<DocumentRecord>;

/** SHA-256 of an asset's bytes, 64 lower-case hexadecimal digits. */
export type AssetId = string;

export interface ProjectRecord {
  readonly id: 'project';
  readonly type: 'project';
  readonly name: string;
}

/** The reference picture and what is known of it. There from the moment a picture is. */
export interface CharacterRecord {
  readonly id: 'character';
  readonly type: 'character';
  /** The picture, as an asset that every browser shows (PNG, JPEG or WebP), and its size in pixels. */
  readonly picture: AssetId;
  readonly pictureName: string;
  readonly width: number;
  readonly height: number;
  /** The artist's own cut-out mask, a picture of the same size; null: worked out. */
  readonly mask: AssetId | null;
  /** The rest pose, [18 * 3] (x, y, confidence) of `openpose18` in pixels of the picture; null: worked out. */
  readonly restPose: readonly number[] | null;
  /** The 21 pictures from the ring's cameras, where the artist brought some; null: none at all. */
  readonly views: readonly (AssetId | null)[] | null;
}

/** Where the poses come from. Their frames are `PoseRecord`s. There from the moment poses are. */
export interface MotionRecord {
  readonly id: 'motion';
  readonly type: 'motion';
  readonly name: string;
  readonly source: 'built-in' | 'video' | 'pictures' | 'file' | 'hand';
  /** The driving video, as an asset that the browser plays; null where there is none. */
  readonly video: AssetId | null;
  readonly skeleton: SkeletonId;
  /** Size of the frame that the keypoints are pixels of. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Number of frames, F; there is a `PoseRecord` for each from 0 to F - 1. */
  readonly frames: number;
  /** Frames that play over and over, both included; null: all. */
  readonly loop: readonly [first: number, last: number] | null;
  /**
   * Size of the frame that the motion came in, where it was fitted to the character since and lies over its picture; null: it is to stay
   * in its own frame; undefined: it lies in its own frame, and nobody has a wish.
   */
  readonly ownFrame?: { readonly width: number; readonly height: number } | null | undefined;
}

/** Parts of the body that have keys of their own. */
export const LIMB_GROUPS = [
  'head',
  'torso',
  'rightArm',
  'leftArm',
  'rightLeg',
  'leftLeg',
  'rightHand',
  'leftHand',
  'face',
] as const;
export type LimbGroup = (typeof LIMB_GROUPS)[number];

/** The pose at one frame. One record a frame, so that a gesture writes one frame. */
export interface PoseRecord {
  /** `poseId(frame)` */
  readonly id: string;
  readonly type: 'pose';
  readonly frame: number;
  /** [K * 3] (x, y, confidence) of the motion's skeleton; confidence 0: unknown or deleted. */
  readonly keypoints: readonly number[];
  /** [K], see `Pose.depths`; null in an entry: unknown; null as a whole: unknown everywhere, or no longer true after an edit. */
  readonly depths: readonly (number | null)[] | null;
  /** `keypoints` as they were detected or imported, for "reset to detected"; null while they are still those. */
  readonly original: readonly number[] | null;
  /** Groups that the artist set here: ends of interpolation. */
  readonly keys: readonly LimbGroup[];
  /** Keypoint indices that the editor does not show; they still count. */
  readonly hidden: readonly number[];
  /** The pose in the motion's own frame, where it was fitted to the character. */
  readonly unfitted?: Pick<PoseRecord, 'keypoints' | 'depths'> | undefined;
}

export const poseId = (frame: number): string => `pose:${frame}`;

/** What the stages are asked to do. There in every project. */
export interface SettingsRecord {
  readonly id: 'settings';
  readonly type: 'settings';
  readonly generator: 'puppet' | 'charactershot';
  /** Side of the clip's pictures in pixels. */
  readonly size: number;
  /** Frames of the clip; null: those of the poses, at most 25. */
  readonly frames: number | null;
  readonly preset: 'draft' | 'standard' | 'paper';
  /** Instead of the preset's; null: the preset's. */
  readonly iterations: number | null;
  readonly seed: number;
  /** Views to measure by and not to learn from. */
  readonly holdout: readonly number[];
  /** For the generator charactershot: id of a model of the library, prompt (null: the authors' own), denoising steps. */
  readonly model: string | null;
  readonly prompt: string | null;
  readonly steps: number;
}

/** The multi-view video. There once it is generated or imported. */
export interface ClipRecord {
  readonly id: 'clip';
  readonly type: 'clip';
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  /** [view][frame]: PNG pictures. */
  readonly pictures: readonly (readonly AssetId[])[];
  /** One camera a view; `cameraToWorld` is 4x4 row-major, OpenGL axes. */
  readonly cameras: readonly ClipCamera[];
  /** Views that the artist replaced by a picture of their own. */
  readonly replaced: readonly number[];
  /** "puppet", "charactershot", or the name of the imported folder. */
  readonly madeBy: string;
  /** What it was generated from, see `clipInputs`; undefined: imported, or not known. */
  readonly madeFrom?: ClipInputs | undefined;
  /** ISO 8601 */
  readonly madeAt: string;
}

export interface ClipCamera {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly cameraToWorld: readonly number[];
}

/** The 4D result. There once it is optimised. */
export interface SceneRecord {
  readonly id: 'scene';
  readonly type: 'scene';
  /** A .4dgs file. */
  readonly asset: AssetId;
  readonly gaussians: number;
  readonly frames: number;
  readonly fps: number;
  readonly iterations: number;
  readonly seconds: number;
  readonly preset: SettingsRecord['preset'];
  /** Means over the training views. */
  readonly psnr: number;
  readonly ssim: number;
  /** Mean PSNR over all views at each frame, dB. */
  readonly framePsnr: readonly number[];
  /** Largest share, 0..1, of the character that is uncovered in a view, at each frame; undefined: not measured. */
  readonly frameUncovered?: readonly number[] | undefined;
  /** How the fit went: [iteration, loss, psnr] at up to 500 points. */
  readonly curve: readonly (readonly [iteration: number, loss: number, psnr: number])[];
  readonly madeAt: string;
}

/** Where everything was when the project was last open. Not part of undo. There in every project. */
export interface WorkspaceRecord {
  readonly id: 'workspace';
  readonly type: 'workspace';
  readonly frame: number;
  readonly centre: 'viewport' | 'poses' | 'views';
  readonly stage: 'character' | 'generate' | 'optimise' | 'export';
  /** The viewport's camera: what it looks at and from where, world units; null: the start. */
  readonly orbit: {
    readonly target: readonly [number, number, number];
    readonly position: readonly [number, number, number];
  } | null;
  /** The picture or scene that the project's moving thumbnail shows; null: none yet. */
  readonly thumbnailOf: AssetId | null;
}

export const DEFAULT_SETTINGS: SettingsRecord = {
  id: 'settings',
  type: 'settings',
  generator: 'puppet',
  size: 256,
  frames: null,
  preset: 'standard',
  iterations: null,
  seed: 0,
  holdout: [],
  model: null,
  prompt: null,
  steps: 50,
};

export const DEFAULT_WORKSPACE: WorkspaceRecord = {
  id: 'workspace',
  type: 'workspace',
  frame: 0,
  centre: 'viewport',
  stage: 'character',
  orbit: null,
  thumbnailOf: null,
};

/** The records of a new project. */
export const newDocument = (name: string): ProjectDocument =>
  new Map<string, DocumentRecord>(
    [{ id: 'project', type: 'project', name } as const, DEFAULT_SETTINGS, DEFAULT_WORKSPACE].map((record) => [
      record.id,
      record,
    ]),
  );

type RecordOf<T extends DocumentRecord['type']> = Extract<DocumentRecord, { type: T }>;

/** The one record of a type that a document has once at most. */
export function recordOf<T extends Exclude<DocumentRecord['type'], 'pose'>>(
  document: ProjectDocument,
  type: T,
): RecordOf<T> | undefined {
  return document.get(type) as RecordOf<T> | undefined;
}

/** The poses of all frames of the motion, in order; a missing frame has no keypoint. */
export function poseRecords(document: ProjectDocument): readonly PoseRecord[] {
  const motion = recordOf(document, 'motion');
  if (!motion) return [];
  return Array.from({ length: motion.frames }, (_, frame) => poseAt(document, frame) ?? unknownPose(frame));
}

export function poseAt(document: ProjectDocument, frame: number): PoseRecord | undefined {
  const record = document.get(poseId(frame));
  return record?.type === 'pose' ? record : undefined;
}

const unknownPose = (frame: number): PoseRecord => ({
  id: poseId(frame),
  type: 'pose',
  frame,
  keypoints: [],
  depths: null,
  original: null,
  keys: [],
  hidden: [],
});
