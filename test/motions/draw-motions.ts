// Draws motions as contact sheets of stick figures, to look at them: npx node test/motions/draw-motions.ts FOLDER [NAME...]
// Rows: from the front, from the left side ahead, from the left. Left limbs are blue, right ones red.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { viewMatrix, type Camera } from '../../core/camera.ts';
import { COCO_WHOLEBODY133 } from '../../core/poses/skeleton.ts';
import { turntableCamera } from '../../core/ring.ts';
import type { Vector } from '../../core/vector.ts';
import type { Body } from './body.ts';
import { bodiesOf } from './motion-source.ts';
import { MOTIONS } from './motions.ts';

const CELL = { width: 150, height: 260 };
const COLUMNS = 13;
const ANGLES = [0, 40, 90];

const bones = (): [string, string][] => [
  ...COCO_WHOLEBODY133.limbs.map(([from, to]): [string, string] => [
    COCO_WHOLEBODY133.names[from] ?? '',
    COCO_WHOLEBODY133.names[to] ?? '',
  ]),
  ...(
    [
      ['pelvis', 'waist'],
      ['waist', 'chest'],
      ['chest', 'neck'],
      ['neck', 'head'],
      ['head', 'head_top'],
    ] as const
  ).map(([from, to]): [string, string] => [from, to]),
  ...(['left', 'right'] as const).map((side): [string, string] => [`${side}_heel`, `${side}_big_toe`]),
];

function drawFigure(body: Body, camera: Camera, left: number, top: number): string {
  const view = viewMatrix(camera);
  const at = ([x, y, z]: Vector): [number, number] => {
    const row = (r: number): number =>
      (view[r * 4] ?? 0) * x + (view[r * 4 + 1] ?? 0) * y + (view[r * 4 + 2] ?? 0) * z + (view[r * 4 + 3] ?? 0);
    return [left + (camera.fx * row(0)) / row(2) + camera.cx, top + (camera.fy * row(1)) / row(2) + camera.cy];
  };
  const line = (from: string, to: string): string => {
    const [a, b] = [body.get(from), body.get(to)];
    if (!a || !b) return '';
    const [[x1, y1], [x2, y2]] = [at(a), at(b)];
    const colour = to.startsWith('left') ? '#2060d0' : to.startsWith('right') ? '#d03020' : '#222';
    const thin = /thumb|index|middle|ring|pinky|eye|ear/.test(to);
    return `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="${colour}" stroke-width="${thin ? 0.8 : 2.4}" stroke-linecap="round"/>`;
  };
  const ground = [-0.5, 0.5].map((x): [number, number] => at([x * Math.cos(0), 0, 0]));
  const floor = `<path d="M${left + 4} ${ground[0]?.[1] ?? 0}H${left + CELL.width - 4}" stroke="#aaa" stroke-width="1"/>`;
  return (
    floor +
    bones()
      .map(([from, to]) => line(from, to))
      .join('')
  );
}

async function drawSheet(name: string, bodies: readonly Body[], path: string): Promise<void> {
  const rows = Math.ceil(bodies.length / COLUMNS);
  const [width, height] = [COLUMNS * CELL.width, rows * ANGLES.length * CELL.height];
  const cells = bodies.map((body, frame) =>
    ANGLES.map((angle, view) => {
      const square = turntableCamera((angle * Math.PI) / 180, CELL.height, CELL.height);
      const camera = { ...square, width: CELL.width, cx: CELL.width / 2 };
      const left = (frame % COLUMNS) * CELL.width;
      const top = (Math.floor(frame / COLUMNS) * ANGLES.length + view) * CELL.height;
      const label = view === 0 ? `<text x="${left + 4}" y="${top + 14}" font-size="12">${name} ${frame}</text>` : '';
      return label + drawFigure(body, camera, left, top);
    }).join(''),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#fff"/>${cells.join('')}</svg>`;
  await sharp(Buffer.from(svg)).png().toFile(path);
}

const [folder = 'demo-output/motions', ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
for (const [name, source] of Object.entries(MOTIONS)) {
  if (names.length === 0 || names.includes(name)) await drawSheet(name, bodiesOf(source), join(folder, `${name}.png`));
}
