import { z } from 'zod';
import { type DocumentRecord, LIMB_GROUPS, poseId } from '../../core/document/document.ts';
import type { PackedChange, PackedRecord } from '../../core/document/packed-pose.ts';
import { assetId, LIMITS, modelId, name } from './ids.ts';
import { numberList, packedFault } from './number-list.ts';

// Whatever comes from a page or from a project file passes here before anything believes it.

const LARGEST = 1e6;
const finite = z.number().min(-LARGEST).max(LARGEST);
const side = z.int().min(1).max(LIMITS.side);
const frame = z
  .int()
  .min(0)
  .max(LIMITS.frames - 1);
const frames = z.int().min(1).max(LIMITS.frames);
const view = z
  .int()
  .min(0)
  .max(LIMITS.views - 1);
const fps = z.number().min(0.1).max(240);
const keypoints = numberList({
  ...{ largest: LARGEST, most: LIMITS.keypoints * 3 },
  fault: (length) => (length % 3 === 0 ? undefined : 'keypoints come in threes'),
});
const depths = numberList({ largest: LARGEST, most: LIMITS.keypoints, other: null });
const restPose = numberList({
  ...{ largest: LARGEST, most: 18 * 3 },
  fault: (length) => (length === 18 * 3 ? undefined : '18 keypoints are expected'),
});
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/);
const date = z.iso.datetime();
const preset = z.enum(['draft', 'standard', 'paper']);
const vector = z.tuple([finite, finite, finite]);

const project = z.strictObject({ id: z.literal('project'), type: z.literal('project'), name });

const character = z.strictObject({
  id: z.literal('character'),
  type: z.literal('character'),
  picture: assetId,
  pictureName: name,
  width: side,
  height: side,
  mask: assetId.nullable(),
  restPose: restPose.nullable(),
  views: z.array(assetId.nullable()).length(21).nullable(),
});

const motion = z.strictObject({
  id: z.literal('motion'),
  type: z.literal('motion'),
  name,
  source: z.enum(['built-in', 'video', 'pictures', 'file', 'hand']),
  video: assetId.nullable(),
  skeleton: z.enum(['openpose18', 'coco-wholebody133']),
  width: side,
  height: side,
  fps,
  frames,
  loop: z.tuple([frame, frame]).nullable(),
  ownFrame: z.strictObject({ width: side, height: side }).nullish(),
});

/** A pose without its numbers. */
const poseHead = {
  id: z.string(),
  type: z.literal('pose'),
  frame,
  keys: z.array(z.enum(LIMB_GROUPS)).max(LIMB_GROUPS.length),
  hidden: z
    .array(
      z
        .int()
        .min(0)
        .max(LIMITS.keypoints - 1),
    )
    .max(LIMITS.keypoints),
};

const ownId = ({ id, frame: of }: { readonly id: string; readonly frame: number }): boolean => id === poseId(of);
const OWN_ID = 'the id of a pose names its frame';

const pose = z
  .strictObject({
    ...{ ...poseHead, keypoints, depths: depths.nullable(), original: keypoints.nullable() },
    unfitted: z.strictObject({ keypoints, depths: depths.nullable() }).optional(),
  })
  .refine(ownId, OWN_ID);

const count = z
  .int()
  .min(0)
  .max(LIMITS.keypoints * 3);

const packedPose = z
  .strictObject({
    ...{ ...poseHead, keypoints: count, depths: count.max(LIMITS.keypoints).nullable(), original: count.nullable() },
    unfitted: z.strictObject({ keypoints: count, depths: count.max(LIMITS.keypoints).nullable() }).optional(),
    numbers: z.instanceof(Float64Array<ArrayBuffer>),
  })
  .refine(ownId, OWN_ID)
  .check(({ value, issues }) => {
    const message = packedFault(value, LARGEST);
    if (message !== undefined) issues.push({ code: 'custom', input: value, path: ['numbers'], message });
  });

const settings = z.strictObject({
  id: z.literal('settings'),
  type: z.literal('settings'),
  generator: z.enum(['puppet', 'charactershot']),
  size: z.int().min(16).max(1024),
  frames: frames.nullable(),
  preset,
  iterations: z.int().min(1).max(10_000_000).nullable(),
  seed: z.int().min(0).max(0xffffffff),
  holdout: z.array(view).max(LIMITS.views),
  model: modelId.nullable(),
  prompt: z.string().max(2000).nullable(),
  steps: z.int().min(1).max(1000),
});

const clip = z.strictObject({
  id: z.literal('clip'),
  type: z.literal('clip'),
  width: side,
  height: side,
  fps,
  frames,
  pictures: z.array(z.array(assetId).min(1).max(LIMITS.frames)).min(1).max(LIMITS.views),
  cameras: z
    .array(
      z.strictObject({ fx: finite, fy: finite, cx: finite, cy: finite, cameraToWorld: z.array(finite).length(16) }),
    )
    .min(1)
    .max(LIMITS.views),
  replaced: z.array(view).max(LIMITS.views),
  madeBy: name,
  madeFrom: z.strictObject({ character: fingerprint, motion: fingerprint }).optional(),
  madeAt: date,
});

const scene = z.strictObject({
  id: z.literal('scene'),
  type: z.literal('scene'),
  asset: assetId,
  gaussians: z.int().min(0).max(50_000_000),
  frames,
  fps,
  iterations: z.int().min(0),
  seconds: z.number().min(0),
  preset,
  psnr: finite,
  ssim: finite,
  framePsnr: z.array(finite).max(LIMITS.frames),
  frameUncovered: z.array(z.number().min(0).max(1)).max(LIMITS.frames).optional(),
  curve: z.array(z.tuple([z.number(), z.number(), z.number()])).max(500),
  madeAt: date,
});

const workspace = z.strictObject({
  id: z.literal('workspace'),
  type: z.literal('workspace'),
  frame,
  centre: z.enum(['viewport', 'poses', 'views']),
  stage: z.enum(['character', 'generate', 'optimise', 'export']),
  orbit: z.strictObject({ target: vector, position: vector }).nullable(),
  thumbnailOf: assetId.nullable(),
});

const others = [project, character, motion, settings, clip, scene, workspace] as const;

export const documentRecord: z.ZodType<DocumentRecord> = z.discriminatedUnion('type', [pose, ...others]);

export const packedRecord: z.ZodType<PackedRecord, PackedRecord> = z.discriminatedUnion('type', [
  packedPose,
  ...others,
]);

/** Records of one change. */
export const MOST_RECORDS = LIMITS.frames + 100;

export const packedChange: z.ZodType<PackedChange, PackedChange> = z.strictObject({
  put: z.array(packedRecord).max(MOST_RECORDS),
  removed: z.array(z.string().max(100)).max(MOST_RECORDS),
});
