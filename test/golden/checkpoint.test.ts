import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { readPt } from '../../native/inference/checkpoint/pt/read-pt.ts';
import { seededRandom } from '../helpers/random.ts';
import { GoldenCase, goldenPath } from './inference-golden.ts';

const read = (name: string) => readPt(readFileSync(goldenPath(name)), name);
const SAMPLES = ['f32', 'f16', 'bf16', 'f64', 'f32_legacy', 'f32_permuted_view', 'nested_dict'];
const expected = new GoldenCase('camera/pt_samples/expected');

test.each(['f32', 'f16', 'bf16', 'f64', 'f32_legacy'])('a tensor that torch.save wrote: %s', (name) => {
  expect([...read(`camera/pt_samples/${name}.pt`)]).toEqual([['', expected.tensor('base')]]);
});

test('views of other tensors keep their strides and offsets', () => {
  expect(read('camera/pt_samples/f32_permuted_view.pt').get('')).toEqual(expected.tensor('permuted'));
  const nested = read('camera/pt_samples/nested_dict.pt');
  expect([...nested]).toEqual([
    ['module.a.weight', expected.tensor('base')],
    ['module.b', expected.tensor('nested_b')],
  ]);
});

test('the camera guider is the same as pickle and as safetensors', () => {
  const reference = new GoldenCase('camera/camera_guider');
  const guider = read('camera/camera_guider.pt');
  expect([...guider.keys()].sort()).toEqual(reference.names.sort());
  for (const [name, tensor] of guider) expect(tensor).toEqual(reference.tensor(name));
});

test.each(SAMPLES)('damaged, %s gives tensors or one sentence, soon and in little room', (name) => {
  const sample = readFileSync(goldenPath(`camera/pt_samples/${name}.pt`));
  const random = seededRandom(11);
  const at = (length: number): number => Math.floor(random() * length);
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    let bytes = new Uint8Array(sample);
    if (round < sample.length) bytes = bytes.subarray(0, round);
    else for (let n = at(4); n >= 0; n--) bytes[at(bytes.length)] = random() < 0.5 ? at(256) : (255 * at(2)) | 0x80;
    try {
      for (const tensor of readPt(bytes, 'a.pt').values()) expect(tensor.bytes.length).toBeLessThan(10_000);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.message).toMatch(/^a\.pt cannot be read as a PyTorch file: [^\n]*\.$/);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(500);
});

test('a pickle that imports anything but tensors is refused by name, and nothing runs', () => {
  const bytes = readFileSync(goldenPath('camera/pt_samples/f32_legacy.pt'));
  const evil = Buffer.concat([
    bytes.subarray(0, 137),
    Buffer.from('\x80\x02cos\nsystem\nX\x04\0\0\0exit\x85R.', 'latin1'),
  ]);
  expect(() => readPt(evil, 'a.pt')).toThrow(/^a\.pt cannot be read as a PyTorch file: it imports "os\.system", which/);
});
