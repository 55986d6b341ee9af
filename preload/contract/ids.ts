import { z } from 'zod';

/** Names of things on the wire. Patterns are narrow: ids become parts of paths. */
export const projectId = z.uuid();
export const jobId = z.uuid();
export const modelId = z.uuid();
export const assetId = z.string().regex(/^[0-9a-f]{64}$/);

export const LIMITS = {
  name: 200,
  tags: 32,
  search: 200,
  views: 64,
  frames: 1000,
  side: 16384,
  keypoints: 133,
} as const;

export const name = z.string().trim().min(1).max(LIMITS.name);
export const onProject = z.strictObject({ project: projectId });
