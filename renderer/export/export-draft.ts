import { Film, Image, Images, Layers, type LucideIcon } from 'lucide-react';
import type { ExportTarget } from '../../preload/contract/jobs.ts';

export type ExportKind = ExportTarget['kind'];
export type PlyPreset = Extract<ExportTarget, { kind: 'ply-sequence' }>['preset'];
export type Colour = readonly [number, number, number];

/** What the dialog's fields hold, of all kinds at once, so that nothing is lost by looking at another kind. */
export interface ExportDraft {
  readonly kind: ExportKind;
  readonly preset: PlyPreset;
  /** Frames from 0, both included; null: the scene's first or last. */
  readonly from: number | null;
  readonly to: number | null;
  readonly frame: number;
  readonly format: 'png' | 'ply';
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly seconds: number;
  readonly turns: number;
  readonly isTransparent: boolean;
  readonly background: Colour;
  readonly camera: number | 'turntable';
}

export const START_DRAFT: ExportDraft = {
  ...{ kind: 'ply-sequence', preset: 'supersplat', from: null, to: null, frame: 0, format: 'png' },
  ...{ width: 1080, height: 1080, fps: 30, seconds: 4, turns: 1 },
  ...{ isTransparent: false, background: [1, 1, 1], camera: 0 },
};

export const EXPORT_KINDS: readonly {
  readonly value: ExportKind;
  readonly label: string;
  readonly hint: string;
  readonly icon: LucideIcon;
}[] = [
  { value: 'ply-sequence', label: 'PLY sequence', hint: 'One file a frame, for other 3D programs', icon: Layers },
  { value: 'turntable', label: 'Turntable video', hint: 'Once around while it moves', icon: Film },
  { value: 'pictures', label: 'PNG sequence', hint: 'For compositing', icon: Images },
  { value: 'frame', label: 'One frame', hint: 'A picture or a PLY file', icon: Image },
];

/** What each preset bakes into the files. */
export const PLY_TARGETS: readonly { readonly value: PlyPreset; readonly label: string; readonly bakes: string }[] = [
  {
    value: 'supersplat',
    label: 'SuperSplat, Brush',
    bakes: 'y down; plain colours (SH degree 0), 14 numbers a Gaussian',
  },
  { value: 'blender', label: 'Blender add-ons', bakes: 'y down; plain colours (SH degree 0), 14 numbers a Gaussian' },
  {
    value: 'unity',
    label: 'Unity importers',
    bakes: 'y down; full layout with normals and SH degree 3, 62 numbers a Gaussian',
  },
  { value: 'three', label: 'three.js, Spark', bakes: 'y down; plain colours (SH degree 0), 14 numbers a Gaussian' },
  { value: 'z-up', label: 'z up, as in the studio', bakes: 'z up; plain colours (SH degree 0), 14 numbers a Gaussian' },
];

/** The export that the fields describe, within what a scene of `frames` frames has. */
export function exportTarget(draft: ExportDraft, frames: number): ExportTarget {
  const last = Math.max(0, frames - 1);
  const within = (frame: number): number => Math.min(Math.max(0, frame), last);
  const first = within(draft.from ?? 0);
  const range: [number, number] = [first, Math.max(first, within(draft.to ?? last))];
  const size: [number, number] = [draft.width, draft.height];
  const background: [number, number, number] | null = draft.isTransparent ? null : [...draft.background];
  switch (draft.kind) {
    case 'ply-sequence':
      return { kind: 'ply-sequence', preset: draft.preset, frames: range };
    case 'turntable': {
      const { fps, seconds, turns } = draft;
      return { kind: 'turntable', size, fps, seconds, turns, background };
    }
    case 'pictures':
      return { kind: 'pictures', size, frames: range, background, camera: draft.camera };
    case 'frame': {
      const camera = draft.camera === 'turntable' ? 0 : draft.camera;
      return { kind: 'frame', format: draft.format, frame: within(draft.frame), size, background, camera };
    }
  }
}

/** "#ff8000" */
export const colourText = (colour: Colour): string =>
  `#${colour
    .map((value) =>
      Math.round(value * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

export function colourOf(text: string): Colour {
  const value = Number.parseInt(text.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
