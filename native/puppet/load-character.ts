import { AppError } from '../../core/errors.ts';
import { readPoses } from '../../core/formats/poses.ts';
import { convertPoses } from '../../core/poses/convert.ts';
import type { Pose } from '../../core/poses/pose-sequence.ts';
import { readInput } from '../files/read.ts';
import type { RgbaPicture } from '../media/png.ts';
import type { RgbPicture } from '../media/picture-tasks.ts';
import { readPicture } from '../media/read-picture.ts';
import { createDetector, type Detection, type PersonMask, type PoseDetector } from '../poses/detect/detector.ts';
import type { Character } from './character.ts';
import { cutOut, type CutOut } from './cut-out/cut-out.ts';
import { chooseRestPose } from './rest-pose/rest-pose.ts';
import { completePose } from './rest-pose/complete-pose.ts';

export interface LoadCharacterOptions {
  /** Files of the artist's own, see `GenerateRequest`. */
  readonly mask?: string;
  readonly restPose?: string;
  readonly onWarning?: (message: string) => void;
}

/** Larger pictures show nothing more at the sizes that clips have. */
const MAX_SIDE = 1536;
/** What is transparent shows this to the detector: light grey lets white and black figures stand out. */
const BACKDROP = 200;

/**
 * A character from its picture: cut out of the background, with its joints found. Throws an `AppError` that names the picture and
 * says what to do.
 */
export const loadCharacter = async (image: string, options: LoadCharacterOptions = {}): Promise<Character> =>
  characterOf(await readPicture(image, { maxSide: MAX_SIDE }), image, options);

/** `loadCharacter` of a picture that is not a file; `image` stands for it in messages. */
export async function characterOf(
  picture: RgbaPicture,
  image: string,
  options: LoadCharacterOptions = {},
): Promise<Character> {
  const detector = await createDetector();
  try {
    const flat = onBackdrop(picture);
    const first = await detector.detect(flat);
    if ((first?.people ?? 0) > 1) {
      options.onWarning?.(`${image} shows more than one person; the most prominent one is taken.`);
    }
    const personMask = () => (first ? detector.personMask(flat, first.pose) : Promise.resolve(undefined));
    const cut = await cutOutOf(image, picture, personMask, options);
    const character = { width: picture.width, height: picture.height, rgba: cut.rgba };
    const pose = options.restPose
      ? await readRestPose(options.restPose, picture)
      : await findRestPose(image, character, first, detector, options);
    return { picture: character, pose };
  } finally {
    await detector.dispose();
  }
}

async function cutOutOf(
  image: string,
  picture: RgbaPicture,
  personMask: () => Promise<PersonMask | undefined>,
  { mask, onWarning }: LoadCharacterOptions,
): Promise<CutOut> {
  try {
    const cut = await cutOut(picture, {
      personMask,
      ...(mask === undefined ? {} : { mask: await readPicture(mask, { maxSide: MAX_SIDE }) }),
    });
    for (const warning of cut.warnings) onWarning?.(warning);
    return cut;
  } catch (error) {
    if (!(error instanceof AppError) || error.message.includes(image)) throw error;
    const sentence = error.message.charAt(0).toLowerCase() + error.message.slice(1);
    throw new AppError(error.code, `${image}: ${sentence}`, error);
  }
}

/**
 * What the detector finds in the cut-out and in the whole picture, and where it finds nobody, in the bare silhouette: a drawing
 * that no network knows for a person often casts a person's shadow. Else what the outline tells.
 */
async function findRestPose(
  image: string,
  character: RgbaPicture,
  first: Detection | undefined,
  detector: PoseDetector,
  { onWarning }: LoadCharacterOptions,
): Promise<Pose> {
  const detectIn = (picture: RgbPicture): Promise<Detection | undefined> => {
    detector.reset();
    return detector.detect(picture);
  };
  const seen = [await detectIn(onBackdrop(character)), first].filter((detection) => detection !== undefined);
  const shadow = seen.length > 0 ? undefined : await detectIn(silhouette(character));
  const { pose, from } = await chooseRestPose(character, shadow ? [shadow] : seen);
  if (from === 'outline') {
    onWarning?.(
      `The joints in ${image} are guessed from its outline; where they are wrong, give them with --rest-pose.`,
    );
  }
  return pose;
}

/** The artist's own rest pose: one frame of poses.json over the picture, in pixels of a picture of that size. */
export async function readRestPose(
  path: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Pose> {
  const sequence = convertPoses(readPoses(await readInput(path), path), 'coco-wholebody133');
  const [pose] = sequence.frames;
  const whole = pose && completePose(pose);
  if (!whole) {
    throw new AppError('bad-input', `${path} needs a frame that knows at least shoulders and hips.`);
  }
  const keypoints = whole.keypoints.slice();
  for (let k = 0; k < keypoints.length; k += 3) {
    keypoints[k] = ((keypoints[k] ?? 0) * width) / sequence.width;
    keypoints[k + 1] = ((keypoints[k + 1] ?? 0) * height) / sequence.height;
  }
  return { keypoints };
}

/** Black where the character is, on white. */
function silhouette({ width, height, rgba }: RgbaPicture): RgbPicture {
  const rgb = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) rgb.fill(255 - (rgba[p * 4 + 3] ?? 0), p * 3, p * 3 + 3);
  return { width, height, rgb };
}

function onBackdrop({ width, height, rgba }: RgbaPicture): RgbPicture {
  const rgb = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const alpha = (rgba[p * 4 + 3] ?? 0) / 255;
    for (let c = 0; c < 3; c++) rgb[p * 3 + c] = Math.round((rgba[p * 4 + c] ?? 0) * alpha + BACKDROP * (1 - alpha));
  }
  return { width, height, rgb };
}
