import type { CharacterRecord, PoseRecord } from '../../core/document/document.ts';

/** Frames that the store's tests write. */
export const POSES = 12;

export const pose = (frame: number, value: number): PoseRecord => ({
  ...{ id: `pose:${frame}`, type: 'pose', frame, keypoints: [value, value, 1] },
  ...{ depths: null, original: null, keys: [], hidden: [] },
});

/** `pictureName` carries the value, so that a picture and its record can be told to belong together. */
export const character = (picture: string, value: number): CharacterRecord => ({
  ...{ id: 'character', type: 'character', picture, pictureName: `${value}`, width: 1, height: 1 },
  ...{ mask: null, restPose: null, views: null },
});
