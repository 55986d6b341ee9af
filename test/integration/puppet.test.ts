import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { gaussiansAt } from '../../core/deformation/deform.ts';
import type { Scene } from '../../core/deformation/deformation.ts';
import { AppError } from '../../core/errors.ts';
import { writePoses } from '../../core/formats/poses.ts';
import { rgbPicture } from '../../core/metrics/picture.ts';
import { psnr } from '../../core/metrics/psnr.ts';
import type { Pose, PoseSequence } from '../../core/poses/pose-sequence.ts';
import { turntableCamera } from '../../core/ring.ts';
import type { GenerateRequest } from '../../native/generate/contract.ts';
import type { RgbaPicture } from '../../native/media/png.ts';
import { readBuiltInMotion } from '../../native/poses/built-in-motions.ts';
import { bodyFromPicture } from '../../native/puppet/body/body.ts';
import { makeFigure } from '../../native/puppet/body/figure.ts';
import type { Character } from '../../native/puppet/character.ts';
import { makePuppet } from '../../native/puppet/make-puppet.ts';
import { puppetGenerator } from '../../native/puppet/puppet-generator.ts';
import { BONE } from '../../native/puppet/rig/bones.ts';
import { SceneRenderer } from '../../native/render.ts';
import { areaOf, drawn, drawnMan, inOneColour, MAN, poseAt } from '../helpers/drawn-figure.ts';
import { restRig } from '../helpers/rest-rig.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const CYBORG = join(import.meta.dirname, '../../assets/characters/cyborg.png');
const walk = await readBuiltInMotion('walk');

const request = (changed: Partial<GenerateRequest> = {}): GenerateRequest => ({
  ...{ image: CYBORG, poses: walk, size: 64, frames: 5 },
  ...changed,
});

async function made(changed: Partial<GenerateRequest> = {}): Promise<{ scene: Scene; warnings: string[] }> {
  const warnings: string[] = [];
  const scene = await makePuppet(request(changed), { onWarning: (message) => warnings.push(message) });
  return { scene, warnings };
}

const asPng = ({ rgba, width, height }: RgbaPicture): Promise<Buffer> =>
  sharp(rgba, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();

/** A file of the running test's own. */
async function fileOf(content: Uint8Array | string, name = 'character.png'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeFile(path, content);
  return path;
}

const heightsAt = (scene: Scene, time: number): Float32Array =>
  gaussiansAt(scene, time)
    .means.filter((_, k) => k % 3 === 2)
    .sort();

function expectFinite({ gaussians, deformation }: Scene): void {
  expect(gaussians.count).toBeGreaterThan(500);
  const numbers = [gaussians.means, gaussians.logScales, gaussians.quats, gaussians.sh];
  if (deformation.kind === 'nodes') {
    numbers.push(deformation.nodes, deformation.rotations, deformation.translations, deformation.weights);
  }
  for (const values of numbers) expect(values.every(Number.isFinite)).toBe(true);
}

/** On white at one time, seen from `angle` degrees around. */
async function seenFrom(scene: Scene, degrees: number, size: number): Promise<Uint8Array> {
  const renderer = new SceneRenderer(scene);
  const picture = await renderer.render(turntableCamera((degrees / 180) * Math.PI, size, size), 0);
  renderer.dispose();
  return picture;
}

const still = (gaussians: Scene['gaussians']): Scene => ({
  ...{ gaussians, deformation: { kind: 'static' }, fps: 1, frames: 1, background: [1, 1, 1] },
});

describe('the body at rest', () => {
  it('has no holes from any side', async () => {
    for (const places of [{}, { right_elbow: [46, 74], right_wrist: [76, 84] }] as const) {
      const man = drawnMan({ places });
      const dark: Character = { ...man, picture: inOneColour(man.picture, [30, 40, 60]) };
      const { gaussians } = await bodyFromPicture(dark, 4000);
      const size = 128;
      for (const degrees of [0, 30, 60, 90, 180, 235, 270]) {
        const picture = await seenFrom(still(gaussians), degrees, size);
        const isDark = (x: number, y: number): boolean => (picture[(y * size + x) * 3] ?? 0) < 110;
        const around = [-2, -1, 1, 2];
        let [covered, holes] = [0, 0];
        for (let y = 2; y < size - 2; y++) {
          for (let x = 2; x < size - 2; x++) {
            if (isDark(x, y)) covered++;
            else if (around.every((d) => isDark(x + Math.sign(d) * 2, y) && isDark(x, y + d))) holes++;
          }
        }
        expect([degrees, holes]).toEqual([degrees, 0]);
        expect(covered / size ** 2).toBeGreaterThan(0.06);
      }
    }
  });

  it('looks from in front as the picture does', async () => {
    const man = drawnMan();
    const figure = await makeFigure(man, areaOf(man));
    const { gaussians } = await bodyFromPicture(man, areaOf(man));
    const { width, height, pixel, inside, rgb, joints } = figure;
    // From so far away that depth does not show, one pixel a pixel of the figure.
    const [away, level] = [200, 0.8];
    const floor = height - 3;
    const renderer = new SceneRenderer(still(gaussians));
    const rendered = await renderer.render(
      {
        ...{ width, height, fx: away / pixel, fy: away / pixel, cx: joints.hips[0], cy: floor - level / pixel },
        cameraToWorld: Float64Array.of(1, 0, 0, 0, 0, 0, -1, -away, 0, 1, 0, level, 0, 0, 0, 1),
      },
      0,
    );
    renderer.dispose();
    const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
    const within = Array.from(inside.keys()).filter((p) => inside[p] && around.every((step) => inside[p + step]));
    const colours = (picture: Uint8Array): Uint8Array =>
      Uint8Array.from(within.flatMap((p) => [...picture.subarray(p * 3, p * 3 + 3)]));
    const bytes = Uint8Array.from(rgb, (value) => Math.round(value * 255));
    const quality = psnr(rgbPicture(colours(bytes), within.length, 1), rgbPicture(colours(rendered), within.length, 1));
    expect(quality).toBeGreaterThan(24);
    // The outline is the picture's, but for a rim of a pixel, which is a fifth of so small a figure.
    let [both, either] = [0, 0];
    for (const p of inside.keys()) {
      const isSeen = Math.min(...rendered.subarray(p * 3, p * 3 + 3)) < 128;
      if (isSeen && inside[p]) both++;
      if (isSeen || inside[p]) either++;
    }
    expect(both / either).toBeGreaterThan(0.78);
  });

  it('has no face on its back', async () => {
    const { gaussians } = await bodyFromPicture(drawnMan(), 6000);
    const size = 160;
    const skinPixels = (picture: Uint8Array): number => {
      const head = picture.subarray(0, Math.floor(size * 0.4) * size * 3);
      const isSkin = (red: number, green: number): boolean => red > 170 && green > 120 && green < 210;
      return head.filter((red, i) => i % 3 === 0 && isSkin(red, head[i + 1] ?? 0)).length;
    };
    const [front, back] = [await seenFrom(still(gaussians), 0, size), await seenFrom(still(gaussians), 180, size)];
    expect(skinPixels(front)).toBeGreaterThan(60);
    expect(skinPixels(back) / skinPixels(front)).toBeLessThan(0.35);
  });
});

describe('the puppet of a picture', async () => {
  const { scene, warnings } = await made();

  it('has the frames and the rate of the poses, and nothing to complain of', () => {
    expect(scene.frames).toBe(5);
    expectFinite(scene);
    expect(warnings).toEqual([]);
  });

  it('is the same to the last bit every time', async () => {
    expect((await made()).scene).toEqual(scene);
  });

  it('walks on the ground', () => {
    for (let frame = 0; frame < 5; frame++) {
      const heights = heightsAt(scene, frame / 4);
      expect(Math.abs(heights[Math.floor(heights.length * 0.002)] ?? 9)).toBeLessThan(0.06);
      expect(heights.at(-1)).toBeGreaterThan(1.2);
      expect(heights.at(-1)).toBeLessThan(1.8);
    }
  });

  it('leaves the ground when it jumps, and comes back', async () => {
    const jump = (await made({ poses: await readBuiltInMotion('jump'), frames: 25 })).scene;
    const lowest = Array.from({ length: 25 }, (_, frame) => heightsAt(jump, frame / 24)[10] ?? 0);
    expect(Math.max(...lowest)).toBeGreaterThan(0.08);
    expect(Math.min(...lowest)).toBeLessThan(0.05);
    expect(Math.abs(lowest[0] ?? 9)).toBeLessThan(0.06);
  });

  it('turns without a jump, also between frames', async () => {
    const turn = (await made({ poses: await readBuiltInMotion('turn'), frames: 25 })).scene;
    let before = gaussiansAt(turn, 0).means;
    for (let step = 1; step <= 48; step++) {
      const now = gaussiansAt(turn, step / 48).means;
      let farthest = 0;
      for (let k = 0; k < now.length; k += 3) {
        const way = Math.hypot(...[0, 1, 2].map((c) => (now[k + c] ?? 0) - (before[k + c] ?? 0)));
        farthest = Math.max(farthest, way);
      }
      expect([step, farthest < 0.25, farthest]).toEqual([step, true, farthest]);
      before = now;
    }
  });

  it('stays inside all pictures of the ring, which differ', async () => {
    const poses = await readBuiltInMotion('cheer');
    const { images, width } = await puppetGenerator.generate(request({ poses, frames: 4 }));
    expect(images).toHaveLength(21);
    for (const [view, frames] of images.entries()) {
      expect(frames).toHaveLength(4);
      for (const [frame, picture] of frames.entries()) {
        const border = Array.from(picture.keys()).filter((i) => {
          const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
          return (x < 1 || y < 1 || x >= width - 1 || y >= width - 1) && (picture[i] ?? 0) < 240;
        });
        expect([view, frame, border.length]).toEqual([view, frame, 0]);
        const covered = picture.filter((value, i) => i % 3 === 1 && value < 250).length / width ** 2;
        expect(covered).toBeGreaterThan(0.03);
        expect(covered).toBeLessThan(0.6);
      }
    }
    const at = (view: number, frame: number) => rgbPicture(images[view]?.[frame] ?? new Uint8Array(), width, width);
    expect(psnr(at(0, 0), at(5, 0))).toBeLessThan(28);
    expect(psnr(at(0, 0), at(11, 0))).toBeLessThan(30);
    expect(psnr(at(0, 0), at(0, 2))).toBeLessThan(30);
  });

  it('has its joints where the artist puts them', async () => {
    const man = drawnMan();
    const image = await fileOf(await asPng(man.picture));
    const nodeOf = restRig().nodeAt(BONE.right_hand, BONE.right_forearm);
    const wristOf = async (places: typeof MAN): Promise<number[]> => {
      const poses: PoseSequence = {
        ...{ skeleton: 'coco-wholebody133', width: 320, height: 340, fps: 1 },
        // In a frame twice as large as the picture.
        frames: [poseAt(Object.fromEntries(Object.entries(places).map(([name, [x, y]]) => [name, [2 * x, 2 * y]])))],
      };
      const restPose = await fileOf(writePoses(poses), 'rest.json');
      const result = await made({ image, restPose });
      expect(result.warnings.join()).not.toContain('guessed');
      const { deformation } = result.scene;
      return deformation.kind === 'nodes' ? [...deformation.nodes.subarray(nodeOf * 3, nodeOf * 3 + 3)] : [];
    };
    const [truth, shorter] = [await wristOf(MAN), await wristOf({ ...MAN, right_wrist: [26, 61] })];
    const pixel = 1.6 / 155;
    expect(truth[0]).toBeCloseTo((18 - 80) * pixel, 1);
    expect(((shorter[0] ?? 0) - (truth[0] ?? 0)) / pixel).toBeCloseTo(8, 0);
    expect(((shorter[2] ?? 0) - (truth[2] ?? 0)) / pixel).toBeCloseTo(2, 0);
  });

  it('is cut out by the mask of the artist', async () => {
    const man = drawnMan();
    const image = await fileOf(await asPng(man.picture));
    // Without its left arm.
    const masked = inOneColour(drawnMan().picture, [255, 255, 255]);
    const mask = drawn(160, 170, []).rgba.map((_, i) => {
      const isBody = (masked.rgba[(i >> 2) * 4 + 3] ?? 0) > 0 && (i >> 2) % 160 < 102;
      return i % 4 === 3 || isBody ? 255 : 0;
    });
    const path = await fileOf(await asPng({ width: 160, height: 170, rgba: mask }), 'mask.png');
    const poses: PoseSequence = {
      ...{ skeleton: 'coco-wholebody133', width: 160, height: 170, fps: 1 },
      frames: [man.pose],
    };
    const restPose = await fileOf(writePoses(poses), 'rest.json');
    const { means } = (await made({ image, restPose, mask: path })).scene.gaussians;
    const across = means.filter((_, k) => k % 3 === 0);
    expect(Math.min(...across)).toBeLessThan(-0.6);
    expect(Math.max(...across)).toBeLessThan(0.3);
  });
});

describe('the puppet of something else', () => {
  /** One clear sentence to the user, or a puppet. */
  async function sentenceOf(changed: Partial<GenerateRequest>): Promise<string> {
    try {
      const { scene } = await made(changed);
      expectFinite(scene);
      return 'a puppet';
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.message).toMatch(/^[^\n]{20,300}\.$/);
      return error.message;
    }
  }

  const white = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: 'white' } });

  it.each([
    ['a blank picture', () => white(200, 200).png().toBuffer()],
    ['one pixel', () => white(1, 1).png().toBuffer()],
    ['a transparent picture', () => asPng(drawn(200, 200, []))],
    ['a damaged PNG', async () => (await sharp(CYBORG).png().toBuffer()).subarray(0, 20_000)],
    ['a text', () => Promise.resolve(Buffer.from('no picture at all'))],
    ['an empty file', () => Promise.resolve(Buffer.alloc(0))],
  ])('is a sentence for %s, which names the file', async (_, content) => {
    const image = await fileOf(await content());
    expect(await sentenceOf({ image })).toContain('character.png');
  });

  it('is a sentence for files that are not there', async () => {
    expect(await sentenceOf({ image: '/nowhere/character.png' })).toContain('/nowhere/character.png');
    expect(await sentenceOf({ mask: '/nowhere/mask.png' })).toContain('/nowhere/mask.png');
    expect(await sentenceOf({ restPose: '/nowhere/rest.json' })).toContain('/nowhere/rest.json');
  });

  it('is a sentence for a rest pose that knows nothing, and a mask that shows nothing', async () => {
    const nobody = writePoses({ ...walk, frames: [{ keypoints: new Float32Array(399) }] });
    expect(await sentenceOf({ restPose: await fileOf(nobody, 'rest.json') })).toContain('rest.json');
    const mask = await fileOf(
      await sharp({ create: { width: 480, height: 480, channels: 3, background: 'black' } })
        .png()
        .toBuffer(),
    );
    expect(await sentenceOf({ mask })).toContain('mask');
  });

  it('is one of two people, with a warning', async () => {
    const both = await white(960, 480)
      .composite([
        { input: CYBORG, left: 0, top: 0 },
        { input: CYBORG, left: 480, top: 0 },
      ])
      .png()
      .toBuffer();
    const { scene, warnings } = await made({ image: await fileOf(both) });
    expectFinite(scene);
    expect(warnings.join('\n')).toContain('more than one person');
  });

  it('is one of a drawing in black and white', async () => {
    const outline = drawnMan();
    const inner = await sharp(outline.picture.rgba, { raw: { width: 160, height: 170, channels: 4 } })
      .flatten({ background: 'white' })
      .greyscale()
      .convolve({ width: 3, height: 3, kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1] })
      .negate()
      .resize(480)
      .threshold(200)
      .png()
      .toBuffer();
    expect(await sentenceOf({ image: await fileOf(inner) })).toBe('a puppet');
  });

  it('is one, with a warning, or a sentence of an animal', async () => {
    const brown = [110, 70, 40] as const;
    const legs = [60, 80, 180, 200].map((x) => ({
      line: [
        [x, 110],
        [x, 170],
      ] as [number, number][],
      radius: 7,
      colour: brown,
    }));
    const animal = drawn(280, 190, [
      {
        line: [
          [70, 95],
          [190, 95],
        ],
        radius: 30,
        colour: brown,
      },
      { line: [[210, 60]], radius: 22, colour: brown },
      {
        line: [
          [40, 80],
          [15, 50],
        ],
        radius: 5,
        colour: brown,
      },
      ...legs,
    ]);
    const picture = await sharp(await asPng(animal))
      .flatten({ background: 'white' })
      .png()
      .toBuffer();
    expect(await sentenceOf({ image: await fileOf(picture) })).toMatch(/puppet|character\.png|--rest-pose/);
  });

  it('is one of a figure whose arm the border cuts off, with a warning', async () => {
    const cut = await sharp(CYBORG).extract({ left: 0, top: 0, width: 290, height: 480 }).png().toBuffer();
    const { scene, warnings } = await made({ image: await fileOf(cut) });
    expectFinite(scene);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('is one of a picture of 12,000 pixels', async () => {
    const wide = await sharp(CYBORG)
      .resize({ height: 2400 })
      .extend({ left: 4800, right: 4800, background: 'white' })
      .png()
      .toBuffer();
    expect(await sentenceOf({ image: await fileOf(wide) })).toMatch(/puppet|character\.png/);
  });

  it('moves by one pose, and says so where there is nobody or no whole body', async () => {
    expectFinite((await made({ poses: { ...walk, frames: walk.frames.slice(0, 1) }, frames: 1 })).scene);
    const change = (edit: (keypoints: Float32Array) => void): PoseSequence => ({
      ...walk,
      frames: walk.frames.map(({ keypoints }): Pose => {
        const copy = keypoints.slice();
        edit(copy);
        return { keypoints: copy };
      }),
    });
    expect(await sentenceOf({ poses: change((keypoints) => keypoints.fill(0)) })).toContain('show nobody');
    expect(await sentenceOf({ poses: change((keypoints) => keypoints.fill(0, 11 * 3, 23 * 3)) })).toContain(
      'whole body',
    );
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort(new AppError('cancelled', 'Stopped by the test.'));
    await expect(makePuppet(request(), { signal: controller.signal })).rejects.toThrow('Stopped by the test.');
  });
});
