import type { PlyOptions } from '../../../core/formats/ply.ts';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';

export type PlyPreset = Extract<ExportTarget, { kind: 'ply-sequence' }>['preset'];

/** What programs expect of the PLY files they open: which way is up, and whether colours that depend on the view are read. */
export const PLY_PRESETS: Readonly<Record<PlyPreset, PlyOptions>> = {
  // SuperSplat and Brush turn what they open as COLMAP's data is turned, y down; 14 floats a Gaussian open fastest.
  supersplat: { axes: 'y-down', sh: 'dc' },
  blender: { axes: 'y-down', sh: 'dc' },
  three: { axes: 'y-down', sh: 'dc' },
  // Importers for Unity take the full layout of 62 floats and no other.
  unity: { axes: 'y-down', sh: 'full' },
  'z-up': { axes: 'z-up', sh: 'dc' },
};
