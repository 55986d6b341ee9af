import { z } from 'zod';
import type { CharacterRecord, DocumentDiff, DocumentRecord } from '../../core/document/document.ts';
import type { SkeletonId } from '../../core/poses/skeleton.ts';
import { call, event, type Feature } from './feature.ts';
import { packedChange } from './document-schema.ts';
import { assetId, LIMITS, onProject, projectId } from './ids.ts';

/** An open project: its document and its assets. */
export const project = {
  calls: {
    open: call(onProject).gives<OpenProject>(),
    close: call(onProject).gives(),
    /** Writes a change, see `packChange`. It is on the disk, safe from a crash, when this returns. */
    apply: call(z.strictObject({ project: projectId, change: packedChange })).gives(),
    /** Folds everything into the one file, so that it can be copied. */
    save: call(onProject).gives<SavedProject>(),
    /** Asks for a place, copies the project there and goes on with the copy; null when the user gave up. */
    saveAs: call(onProject).gives<SavedProject | null>(),
    /** Keeps a small picture (PNG or WebP, at most 512 x 512) as frame `index` of the project's moving thumbnail. */
    setThumbnail: call(
      z.strictObject({ project: projectId, index: z.int().min(0).max(23), picture: z.instanceof(Uint8Array) }),
    ).gives(),
    /** Reads one picture that was dropped, or that is chosen in a dialog, and keeps it as an asset; null when the user gave up. */
    importPicture: call(
      z.strictObject({ project: projectId, use: z.enum(['character', 'mask', 'view']) }),
    ).gives<ImportedPicture | null>(),
    /** Keeps a picture that the page has (from the clipboard) as an asset. */
    pastePicture: call(
      z.strictObject({ project: projectId, picture: z.instanceof(Uint8Array) }),
    ).gives<ImportedPicture>(),
    /** Reads a folder of 21 view pictures, dropped or chosen; null when the user gave up. */
    importViews: call(onProject).gives<CharacterRecord['views']>(),
    motions: call(z.undefined()).gives<readonly BuiltInMotion[]>(),
    /** The poses of a built-in motion. */
    motion: call(z.strictObject({ name: z.string().max(LIMITS.name) })).gives<ImportedPoses>(),
    /** Asks for a place and writes the poses there; null when the user gave up. */
    exportPoses: call(z.strictObject({ project: projectId, format: z.enum(['poses', 'openpose']) })).gives<{
      readonly fileName: string;
    } | null>(),
    /** The bytes of an asset; pictures and videos are better shown by `assetUrl`. */
    asset: call(z.strictObject({ project: projectId, asset: assetId })).gives<Uint8Array<ArrayBuffer>>(),
  },
  events: {
    /** The main process changed the document: a job ended. The change is one step of undo named `label`. */
    changed: event<{ readonly project: string; readonly diff: DocumentDiff; readonly label: string }>(),
  },
} satisfies Feature;

export interface OpenProject {
  readonly id: string;
  readonly records: readonly DocumentRecord[];
  readonly fileName: string;
  /** What had to be left out because it was damaged, one sentence each. */
  readonly warnings: readonly string[];
}

export interface SavedProject {
  readonly id: string;
  readonly fileName: string;
  /** Bytes of the file. */
  readonly size: number;
}

export interface ImportedPicture {
  readonly asset: string;
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
}

export interface BuiltInMotion {
  readonly name: string;
  readonly seconds: number;
  /** Whether its end meets its start. */
  readonly loops: boolean;
  /** A few poses for a moving preview, each [18 * 3] of `openpose18`, in a frame of `width` x `height`. */
  readonly preview: readonly (readonly number[])[];
  readonly width: number;
  readonly height: number;
  /** Who made it and under which licence. */
  readonly credit: string;
}

export interface ImportedPoses {
  readonly name: string;
  readonly skeleton: SkeletonId;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: readonly {
    readonly keypoints: readonly number[];
    readonly depths: readonly (number | null)[] | null;
  }[];
}
