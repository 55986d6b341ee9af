import { BufferGeometry, Float32BufferAttribute, LineBasicMaterial, LineSegments } from 'three';

type Colour = readonly [number, number, number];

const REACH = 2;
const STEP = 0.25;

/** Lines on the ground z = 0, a quarter of a unit apart, and the axes among them a little stronger. */
export function groundGrid(background: Colour): LineSegments<BufferGeometry, LineBasicMaterial> {
  const positions: number[] = [];
  const colours: number[] = [];
  const steps = REACH / STEP;
  for (let k = -steps; k <= steps; k++) {
    const at = k * STEP;
    positions.push(at, -REACH, 0, at, REACH, 0, -REACH, at, 0, REACH, at, 0);
    const colour = against(background, k === 0 ? 0.35 : 0.14);
    for (let corner = 0; corner < 4; corner++) colours.push(...colour);
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3));
  geometry.setAttribute('color', new Float32BufferAttribute(colours, 3));
  // Feet reach a little below the ground: lines drawn first and without depth never cross them.
  const material = new LineBasicMaterial({ vertexColors: true, toneMapped: false, depthWrite: false });
  const grid = new LineSegments(geometry, material);
  grid.renderOrder = -1;
  return grid;
}

/** A colour that stands out from `background` by `share` of the way to white or black, whichever is farther. */
export function against(background: Colour, share: number): Colour {
  const light = 0.2126 * background[0] + 0.7152 * background[1] + 0.0722 * background[2];
  const to = light > 0.5 ? 0 : 1;
  const mixed = (value: number): number => value + (to - value) * share;
  return [mixed(background[0]), mixed(background[1]), mixed(background[2])];
}
