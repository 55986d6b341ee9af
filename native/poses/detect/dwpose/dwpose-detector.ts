import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../../core/errors.ts';
import type { Pose } from '../../../../core/poses/pose-sequence.ts';
import type { RgbPicture } from '../../../media/picture-tasks.ts';
import type { Network, SessionOptions } from '../../../onnx/session.ts';
import { checkPicture } from '../check-picture.ts';
import { meanScore } from '../coco-joints.ts';
import type { Box, Detection, PersonMask, PoseDetector } from '../detector.ts';
import { openHumanModel } from '../human-models.ts';
import { maskPerson } from '../person-mask.ts';
import { openDwpose, runDwpose } from './simcc.ts';
import { findBoxes, openYolox, overlap, type ScoredBox } from './yolox.ts';

/** A folder with yolox_l.onnx and dw-ll_ucoco_384.onnx, or the two files wherever they are. */
export type DwposePaths = string | { readonly detector: string; readonly pose: string };

const FILES = { detector: 'yolox_l.onnx', pose: 'dw-ll_ucoco_384.onnx' } as const;
/** Body joints with a lower mean confidence are nobody's. */
const BODY_SCORE = 0.3;
/** A box that overlaps the one of the frame before by this is the same person. */
const SAME_PERSON = 0.3;

interface MaskNetworks {
  readonly blazepose: Network;
  readonly selfie: Network;
}

/** DWPose from files that the user has: YOLOX finds people, one network all 133 keypoints of one. */
export class DwposeDetector implements PoseDetector {
  readonly name = 'DWPose';
  readonly #yolox: Network;
  readonly #dwpose: Network;
  readonly #options: SessionOptions;
  #mask: Promise<MaskNetworks> | undefined;
  #before: Box | undefined;

  private constructor(yolox: Network, dwpose: Network, options: SessionOptions) {
    this.#yolox = yolox;
    this.#dwpose = dwpose;
    this.#options = options;
  }

  static async open(paths: DwposePaths, options: SessionOptions = {}): Promise<DwposeDetector> {
    const { detector, pose } =
      typeof paths === 'string' ? { detector: join(paths, FILES.detector), pose: join(paths, FILES.pose) } : paths;
    // One after the other, so that of two missing files always the same one is named.
    await requireFile(detector);
    await requireFile(pose);
    const yolox = await openYolox(detector, options);
    try {
      return new DwposeDetector(yolox, await openDwpose(pose, options), options);
    } catch (error) {
      await yolox.dispose();
      throw error;
    }
  }

  async detect(picture: RgbPicture): Promise<Detection | undefined> {
    checkPicture(picture);
    const { width, height } = picture;
    const boxes = await findBoxes(this.#yolox, picture);
    const box: Box = this.#choose(boxes) ?? { x: 0, y: 0, width, height };
    const keypoints = await runDwpose(this.#dwpose, picture, box);
    const agreement = meanScore(keypoints);
    this.#before = agreement < BODY_SCORE ? undefined : box;
    if (agreement < BODY_SCORE) return undefined;
    return { pose: { keypoints }, agreement, people: Math.max(1, boxes.length), box };
  }

  async personMask(picture: RgbPicture, pose: Pose): Promise<PersonMask> {
    checkPicture(picture);
    this.#mask ??= this.#openMask();
    return maskPerson(await this.#mask, picture, pose);
  }

  reset(): void {
    this.#before = undefined;
  }

  async dispose(): Promise<void> {
    const mask = await this.#mask;
    for (const network of [this.#yolox, this.#dwpose, mask?.blazepose, mask?.selfie]) await network?.dispose();
  }

  /** The person of the frame before, else the largest. */
  #choose(boxes: readonly ScoredBox[]): ScoredBox | undefined {
    const before = this.#before;
    const best = (value: (box: ScoredBox) => number): ScoredBox | undefined =>
      [...boxes].sort((a, b) => value(b) - value(a))[0];
    const same = before && best((box) => overlap(box, before));
    if (before && same && overlap(same, before) > SAME_PERSON) return same;
    return best((box) => box.width * box.height * box.score);
  }

  async #openMask(): Promise<MaskNetworks> {
    const blazepose = await openHumanModel('blazepose-heavy', this.#options);
    return { blazepose, selfie: await openHumanModel('selfie', this.#options) };
  }
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return;
  const remedy = `put ${FILES.detector} and ${FILES.pose} into one folder and choose it`;
  throw new AppError('not-found', `DWPose needs ${path}, which is not there; ${remedy}.`);
}
