import { AppError } from '../../../core/errors.ts';

/** As many bytes as are needed to tell. */
export const KIND_BYTES = 64;

const OTHERS: readonly (readonly [start: RegExp, what: string])[] = [
  [
    /^version https:\/\/git-lfs/,
    'is only the pointer that git leaves in the place of a large file; run `git lfs pull` or download it',
  ],
  [/^\s*<(!doctype|html|\?xml)/i, 'is a web page that was saved in the place of weights; download the file itself'],
];

/** How a zip file and a pickle of PyTorch's older format begin; both are far beyond any length of a header. */
const PICKLES = ['504b0304', '80028a0a'];

/** The error to throw where a file, by its first bytes, is something else that often lies in the place of weights. */
export function notWeights(path: string, start: Uint8Array): AppError | undefined {
  const wrong = (what: string): AppError => new AppError('bad-input', `${path} ${what}.`);
  if (PICKLES.includes(Buffer.from(start.subarray(0, 4)).toString('hex'))) {
    return wrong('is a PyTorch pickle and no safetensors file; fetch the published .safetensors');
  }
  const text = Buffer.from(start).toString('latin1');
  const other = OTHERS.find(([pattern]) => pattern.test(text));
  return other && wrong(other[1]);
}
