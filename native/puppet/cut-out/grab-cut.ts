import { createRequire } from 'node:module';

/** What is known of a pixel before GrabCut, in OpenCV's numbers. */
export const SURE_BACKGROUND = 0;
export const SURE_FOREGROUND = 1;
export const LIKELY_BACKGROUND = 2;
export const LIKELY_FOREGROUND = 3;

interface Mat {
  readonly data: Uint8Array;
  delete(): void;
}

/** The part of opencv.js that is used here. */
interface OpenCv {
  Mat: (new () => Mat) & (new (rows: number, columns: number, type: number) => Mat);
  Rect: new () => object;
  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly GC_INIT_WITH_MASK: number;
  grabCut: (
    picture: Mat,
    mask: Mat,
    area: object,
    background: Mat,
    foreground: Mat,
    rounds: number,
    mode: number,
  ) => void;
  onRuntimeInitialized?: () => void;
}

const require = createRequire(import.meta.url);
// In a box: the module has a `then`, so a promise of the module itself would never resolve.
let opened: Promise<{ readonly cv: OpenCv }> | undefined;

/** Loads opencv.js at the first use: ten megabytes of code that most pictures do not need. */
function openCv(): Promise<{ readonly cv: OpenCv }> {
  opened ??= new Promise((resolve) => {
    const cv = require('@techstark/opencv-js') as Partial<OpenCv>;
    const ready = (): void => {
      resolve({ cv: cv as OpenCv });
    };
    if (cv.Mat) ready();
    else cv.onRuntimeInitialized = ready;
  });
  return opened;
}

/**
 * Parts a picture into foreground and background by colour models of both and a minimum cut (GrabCut, Rother et al. 2004).
 * @param rgb [height, width, 3]
 * @param known One of the four numbers above a pixel; needs pixels of both kinds, or it is returned as it is.
 * @returns 1 for foreground.
 */
export async function grabCut(
  rgb: Uint8Array,
  known: Uint8Array,
  width: number,
  height: number,
  rounds: number,
): Promise<Uint8Array> {
  const isForeground = (value: number): number => value & 1;
  const both = known.some((value) => isForeground(value) === 1) && known.some((value) => isForeground(value) === 0);
  if (!both) return known.map(isForeground);
  const { cv } = await openCv();
  const mats: Mat[] = [];
  const own = (mat: Mat): Mat => {
    mats.push(mat);
    return mat;
  };
  try {
    const picture = own(new cv.Mat(height, width, cv.CV_8UC3));
    picture.data.set(rgb);
    const mask = own(new cv.Mat(height, width, cv.CV_8UC1));
    mask.data.set(known);
    const [background, foreground] = [own(new cv.Mat()), own(new cv.Mat())];
    cv.grabCut(picture, mask, new cv.Rect(), background, foreground, rounds, cv.GC_INIT_WITH_MASK);
    return Uint8Array.from(mask.data, isForeground);
  } finally {
    for (const mat of mats) mat.delete();
  }
}
