import { describe, it } from 'vitest';
import { picturesOf, videoOf, type RgbPicture } from '../../native/inference/pipeline/pixels.ts';
import { resizePicture } from '../../native/inference/pipeline/resize-picture.ts';
import { floatTensor, numbersOf } from '../../native/onnx/tensor.ts';
import { GoldenCase, GoldenErrors } from './inference-golden.ts';

const golden = new GoldenCase('image/resize_and_range');
const errors = new GoldenErrors('image');

/** A picture that is stored as whole numbers, height x width x 3. */
function picture(name: string): RgbPicture {
  const [height = 0, width = 0] = golden.tensor(name).dims;
  return { width, height, rgb: Uint8Array.from(golden.data(name)) };
}

const resizes = golden.names.flatMap((name) => /^out_(.*)_bicubic$/.exec(name)?.[1] ?? []);

describe.each(resizes)('bicubic, %s', (name) => {
  it("is Pillow's, to the last bit", () => {
    const expected = picture(`out_${name}_bicubic`);
    const { rgb } = resizePicture(picture(`in_${name}`), expected.width, expected.height);
    errors.checkNumbers(`bicubic, ${name}`, rgb, expected.rgb, 0);
  });
});

it('turns levels into -1..1', () => {
  const expected = golden.tensor('out_preprocess');
  const [one = 0, channels = 0, height = 0, width = 0] = expected.dims;
  const video = videoOf([picture('in_preprocess')]);
  errors.check('-1..1', video, floatTensor(golden.data('out_preprocess'), [one, channels, 1, height, width]), 1e-6);
});

it('turns decoded frames into levels', () => {
  const levels = picturesOf(golden.tensor('in_postprocess')).flatMap(({ rgb }) => [...rgb]);
  errors.checkNumbers('levels', levels, numbersOf(golden.tensor('out_postprocess_u8')), 0);
});
