import { expect, it } from 'vitest';
import type { HexPlaneConfig, Scene } from '../../core/deformation/deformation.ts';
import { hexPlaneShapes } from '../../core/deformation/hexplane-shapes.ts';
import { writeScene } from '../../core/formats/scene.ts';
import { allocateGaussians } from '../../core/gaussians.ts';
import { SceneDesk } from './scene-desk.ts';
import type { SceneAnswer, SceneRequest } from './scene-messages.ts';

const ROW = [0, 1, 0, 3.5] as const;
const CONFIG: HexPlaneConfig = {
  multires: [1],
  channels: 8,
  resolution: [4, 4, 4, 3],
  width: 16,
  depth: 1,
  heads: { position: true, scale: false, rotation: false, opacity: false, sh: false },
  aabb: [
    [1, 1, 1],
    [-1, -1, -1],
  ],
};

function scene(count: number, kind: 'static' | 'hexplane'): Scene {
  const gaussians = allocateGaussians(count, 0);
  for (let i = 0; i < count; i++) gaussians.quats[i * 4] = 1;
  const parameters = new Map(
    [...hexPlaneShapes(CONFIG)].map(([name, shape]) => [
      name,
      { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1) },
    ]),
  );
  const deformation = kind === 'static' ? { kind } : { kind, config: CONFIG, parameters };
  return { gaussians, deformation, fps: 10, frames: 8, background: [1, 1, 1] };
}

/** A desk whose requests can be handed in while it takes a breath. */
function desk(): { answers: SceneAnswer[]; take: (request: SceneRequest) => Promise<void>; inbox: SceneRequest[] } {
  const answers: SceneAnswer[] = [];
  const inbox: SceneRequest[] = [];
  const one = new SceneDesk(
    (answer) => answers.push(answer),
    () => {
      for (const request of inbox.splice(0)) void one.take(request);
      return Promise.resolve();
    },
  );
  return { answers, inbox, take: (request) => one.take(request) };
}

const open = (number: number, what: Scene): SceneRequest => ({
  kind: 'open',
  scene: number,
  bytes: Uint8Array.from(writeScene(what)),
  name: 'a.4dgs',
});
const show = (ticket: number, frame: number): SceneRequest => ({ kind: 'show', ticket, frame, row: ROW });
const said = (answers: readonly SceneAnswer[]) =>
  answers.map((answer) => (answer.kind === 'shown' ? `${answer.ticket}: ${answer.shot.frame}` : answer.kind));

it('opens, shows, and sends what has not changed only once', async () => {
  const { answers, take } = desk();
  await take(open(1, scene(10, 'static')));
  await take(show(1, 0));
  await take(show(2, 0));
  expect(said(answers)).toEqual(['opened', '1: 0', '2: 0']);
  const [, first, second] = answers;
  if (first?.kind !== 'shown' || second?.kind !== 'shown') throw new Error('not shown');
  expect([first.shot.pose, first.shot.shape, first.shot.harmonics]).not.toContain(null);
  expect([second.shot.pose, second.shot.shape, second.shot.harmonics]).toEqual([null, null, null]);
  expect(second.shot.count).toBe(10);
});

it('of many frames asked for while one is worked on, the newest is next', async () => {
  const { answers, take, inbox } = desk();
  await take(open(1, scene(20_000, 'hexplane')));
  inbox.push(show(2, 2), show(3, 3), show(4, 4));
  await take(show(1, 1));
  const shown = said(answers);
  expect(shown).toContain('4: 4');
  expect(shown.some((text) => text.endsWith(': 2') || text.endsWith(': 3'))).toBe(false);
});

it('a broken file is refused with a sentence, and the scene before can still be shown', async () => {
  const { answers, take } = desk();
  await take(open(1, scene(3, 'static')));
  await take({ kind: 'open', scene: 2, bytes: Uint8Array.of(1, 2, 3), name: 'bad.4dgs' });
  await take(show(1, 5));
  expect(said(answers)).toEqual(['opened', 'refused', '1: 5']);
  expect(answers[1]).toMatchObject({ scene: 2, message: expect.stringMatching(/\.$/) as string });
  expect(answers[2]).toMatchObject({ scene: 1 });
});

it('pictures are answered each, with everything; without a scene with nothing', async () => {
  const { answers, take } = desk();
  await take({ kind: 'picture', ticket: 1, frame: 0, row: ROW });
  await take(open(1, scene(3, 'static')));
  await take(show(2, 0));
  await take({ kind: 'picture', ticket: 3, frame: 0, row: ROW });
  const pictures = answers.filter((answer) => answer.kind === 'picture');
  expect(pictures.map(({ ticket, shot }) => [ticket, shot?.pose?.length ?? null])).toEqual([
    [1, null],
    [3, 8192],
  ]);
});

it('a scene without a Gaussian is shown as nothing', async () => {
  const { answers, take } = desk();
  await take(open(1, scene(0, 'static')));
  await take(show(1, 0));
  expect(answers[1]).toMatchObject({ kind: 'shown', shot: { count: 0 } });
});
