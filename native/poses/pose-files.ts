import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { isBvh, readBvh } from '../../core/formats/bvh.ts';
import { isCocoKeypoints, readCocoKeypoints } from '../../core/formats/coco-keypoints.ts';
import { parseJson } from '../../core/formats/json.ts';
import { isOpenPose, readOpenPose, writeOpenPose, type KeypointFileOptions } from '../../core/formats/openpose.ts';
import { isPosesJson, readPoses } from '../../core/formats/poses.ts';
import type { Motion } from '../../core/poses/motion.ts';
import type { PoseSequence } from '../../core/poses/pose-sequence.ts';
import { writeFolder } from '../export/output-place.ts';
import { readInput } from '../files/read.ts';
import { isGlb, isGltfJson } from './gltf-motion-file.ts';
import { readGltfMotion, type GltfMotionOptions } from './gltf-motion.ts';

const MAX_FILES = 216_000;
/** Text longer than this cannot become a JavaScript string; files of a gigabyte are no motion. */
const MAX_BYTES = 400_000_000;

/**
 * Reads poses from JSON: the studio's own, OpenPose's (a frame, a list, or a folder with a file a frame, in the order
 * of their numbers) or COCO's. The content decides, not the name. `fps` and `size` are for files that do not state
 * theirs. Throws an `AppError` that names the file.
 */
export async function readPoseFile(path: string, options: KeypointFileOptions = {}): Promise<PoseSequence> {
  if (await isFolder(path)) return readPoseFolder(path, options);
  const bytes = await readBounded(path);
  const json = parseJson(bytes, path);
  if (isPosesJson(json)) return readPoses(bytes, path);
  if (isOpenPose(json)) return readOpenPose([{ json, name: path }], options);
  if (isCocoKeypoints(json)) return readCocoKeypoints({ json, name: path }, options);
  throw new AppError('bad-input', `${path} holds no poses; use poses.json, OpenPose or COCO keypoints.`);
}

async function readPoseFolder(folder: string, options: KeypointFileOptions): Promise<PoseSequence> {
  const entries = (await readdir(folder)).filter((name) => /\.json$/i.test(name) && !name.startsWith('.'));
  entries.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const [first] = entries;
  if (first === undefined)
    throw new AppError('not-found', `${folder} holds no .json files; choose a folder of OpenPose files.`);
  if (entries.length === 1) return readPoseFile(join(folder, first), options);
  if (entries.length > MAX_FILES) {
    throw new AppError('bad-input', `${folder} holds ${entries.length} files; at most ${MAX_FILES} are read.`);
  }
  const files: { json: unknown; name: string }[] = [];
  for (const entry of entries) {
    const name = join(folder, entry);
    const json = parseJson(await readBounded(name), name);
    if (!isOpenPose(json)) {
      throw new AppError('bad-input', `${name} is no OpenPose frame as its neighbours are; take it out of the folder.`);
    }
    files.push({ json, name });
  }
  return readOpenPose(files, options);
}

/**
 * Reads a person's motion in space: BVH, GLB, glTF, VRM or a VRM animation. The content decides, not the name. Throws an
 * `AppError` that names the file.
 */
export async function readMotionFile(path: string, options: GltfMotionOptions = {}): Promise<Motion> {
  const bytes = await readBounded(path);
  if (isBvh(bytes)) return readBvh(bytes, path, options);
  if (isGlb(bytes)) return readGltfMotion(bytes, path, options);
  if (isJsonText(bytes) && isGltfJson(parseJson(bytes, path))) return readGltfMotion(bytes, path, options);
  throw new AppError('bad-input', `${path} holds no motion that can be read; use BVH, GLB, glTF, VRM or VRMA.`);
}

const isJsonText = (bytes: Uint8Array): boolean => bytes.subarray(0, 64).some((byte) => byte === 0x7b);

/**
 * Writes one OpenPose file a pose, `frame_00001_keypoints.json` and on, as a whole folder or not at all. Returns the
 * number of files.
 */
export function writeOpenPoseFolder(sequence: PoseSequence, folder: string): Promise<number> {
  return writeFolder(folder, 'openpose', async (place) => {
    for (const [index, pose] of sequence.frames.entries()) {
      const number = String(index + 1).padStart(5, '0');
      await writeFile(join(place, `frame_${number}_keypoints.json`), writeOpenPose(pose, sequence));
    }
    return sequence.frames.length;
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // reading it says why
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_BYTES) throw new AppError('bad-input', `${path} is larger than 400 MB; cut it into parts.`);
  return readInput(path);
}
