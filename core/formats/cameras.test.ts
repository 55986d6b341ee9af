import { expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { ringCameras } from '../ring.ts';
import { readCameras, writeCameras } from './cameras.ts';
import { readTransforms, transformsCamera } from './transforms.ts';

const file = (change: (json: { views: Record<string, unknown>[] } & Record<string, unknown>) => void): string => {
  const json = JSON.parse(writeCameras(ringCameras(64).slice(0, 2))) as { views: Record<string, unknown>[] };
  change(json);
  return JSON.stringify(json);
};

test('the ring is read back as it was written', () => {
  const ring = ringCameras(480);
  expect([...readCameras(writeCameras(ring)).values()]).toEqual(ring);
});

test('cameras come in the order of their views', () => {
  const shuffled = file((json) => json.views.reverse());
  expect([...readCameras(shuffled).keys()]).toEqual([0, 1]);
});

test.each<[string, string, RegExp]>([
  ['no JSON', 'width', /cameras\.json is not valid JSON/],
  ['no size', file((json) => delete json.width), /"width" must be/],
  ['an endless picture', file((json) => (json.height = 1e9)), /"height" must be/],
  ['no views', file((json) => (json.views = [])), /empty/],
  ['a view twice', file((json) => Object.assign(json.views[1] ?? {}, { view: 0 })), /view 0 is listed twice/],
  ['a view without number', file((json) => delete json.views[1]?.view), /entry 1/],
  ['no focal length', file((json) => Object.assign(json.views[1] ?? {}, { fx: 0 })), /view 1 needs a positive.*fx/],
  ['a text as number', file((json) => Object.assign(json.views[1] ?? {}, { cx: '3' })), /view 1 needs a number "cx"/],
  ['three rows', file((json) => (json.views[0]?.cameraToWorld as unknown[]).pop()), /view 0 needs "cameraToWorld"/],
  [
    'a mirror',
    file((json) => {
      for (const row of json.views[0]?.cameraToWorld as number[][]) row[0] = -(row[0] ?? 0);
    }),
    /view 0 is no rotation/,
  ],
])('refused: %s', (_, text, message) => {
  expect(() => readCameras(text)).toThrow(message);
  expect(() => readCameras(text)).toThrow(AppError);
});

test('the published layout is read', () => {
  const [camera] = ringCameras(480);
  const rows = [0, 4, 8, 12].map((row) => [...(camera?.cameraToWorld.slice(row, row + 4) ?? [])]);
  const frames = [{ file_path: 'view00/frame_00001', rotation: 0, time: 0.5, transform_matrix: rows }];
  const read = readTransforms(JSON.stringify({ camera_angle_x: 0.6911111611634243, frames }));
  expect(read.frames).toEqual([{ filePath: 'view00/frame_00001', time: 0.5, cameraToWorld: camera?.cameraToWorld }]);
  const wide = transformsCamera(read.cameraAngleX, Float64Array.from(rows.flat()), 720, 480);
  expect(wide.fx).toBeCloseTo(666.67, 2);
  expect(wide).toMatchObject({ cx: 360, cy: 240 });
});

test.each([
  ['{"frames":[{}]}', /camera_angle_x/],
  ['{"camera_angle_x":1,"frames":[{"file_path":"a","time":2}]}', /"time"/],
  ['{"camera_angle_x":1,"frames":[{"file_path":"a","time":0}]}', /transform_matrix/],
  ['{"camera_angle_x":1,"frames":[]}', /needs/],
])('published layout refused: %s', (text, message) => {
  expect(() => readTransforms(text)).toThrow(message);
});
