import { type AssetId, type ProjectDocument, recordOf } from '../../core/document/document.ts';
import type { Backdrop, PoseTarget } from './pose-session.ts';

/** What there is to lay under a pose. */
export function backdropsOf(document: ProjectDocument, target: PoseTarget): readonly Backdrop[] {
  const picture = recordOf(document, 'character') ? (['picture'] as const) : [];
  if (target === 'rest') return [...picture, 'none'];
  const motion = recordOf(document, 'motion');
  const video = motion?.video ? (['video'] as const) : [];
  const clip = recordOf(document, 'clip') ? (['clip'] as const) : [];
  // Poses that were fitted to the character lie over its picture, and no longer over their video.
  return motion?.ownFrame ? [...picture, ...clip, ...video, 'none'] : [...video, ...picture, ...clip, 'none'];
}

/** What is chosen where it is there, else the best there is: what the poses were found in, then the character. */
export function backdropFor(document: ProjectDocument, target: PoseTarget, chosen: Backdrop | null): Backdrop {
  const there = backdropsOf(document, target);
  return chosen !== null && there.includes(chosen) ? chosen : (there[0] ?? 'none');
}

/** The picture of view 0 of the clip that belongs to a frame of the motion: both last equally long. */
export function clipPicture(document: ProjectDocument, frame: number): AssetId | undefined {
  const [clip, motion] = [recordOf(document, 'clip'), recordOf(document, 'motion')];
  const pictures = clip?.pictures[0];
  if (!pictures || !motion) return undefined;
  const part = motion.frames > 1 ? frame / (motion.frames - 1) : 0;
  return pictures[Math.round(part * (pictures.length - 1))];
}
