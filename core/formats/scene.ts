import { NODES_PER_GAUSSIAN, type Deformation, type NodeDeformation, type Scene } from '../deformation/deformation.ts';
import { AppError } from '../errors.ts';
import type { Gaussians } from '../gaussians.ts';
import { readHexPlane, writeHexPlane } from './scene-hexplane.ts';
import { SceneTensors } from './scene-tensors.ts';
import { readSafetensors, writeSafetensors, type Tensor } from './safetensors.ts';

const FORMAT = 'charactershot-4dgs';
const VERSION = 1;

/** One 4D scene as a .4dgs file: safetensors with the tensors of the vocabulary and the rest as metadata. */
export function writeScene(scene: Scene): Uint8Array {
  const { gaussians, deformation, fps, frames, background } = scene;
  const { count: n } = gaussians;
  const tensors = new Map<string, Tensor>([
    ['means', f32([n, 3], gaussians.means)],
    ['log_scales', f32([n, 3], gaussians.logScales)],
    ['quats', f32([n, 4], gaussians.quats)],
    ['opacity_logits', f32([n], gaussians.opacityLogits)],
    ['sh', f32([n, (gaussians.shDegree + 1) ** 2, 3], gaussians.sh)],
  ]);
  const metadata = new Map([
    ['format', FORMAT],
    ['version', String(VERSION)],
    ['fps', String(fps)],
    ['frames', String(frames)],
    ['background', JSON.stringify(background)],
    ['deformation', deformation.kind],
  ]);
  if (deformation.kind === 'nodes') writeNodes(deformation, n, tensors);
  if (deformation.kind === 'hexplane') writeHexPlane(deformation, tensors, metadata);
  return writeSafetensors(tensors, metadata);
}

/**
 * Reads a .4dgs file. Everything is checked: shapes against each other, numbers for being finite, indices for being in
 * range. `name` stands for the file in errors, which say what is wrong with which tensor.
 */
export function readScene(bytes: Uint8Array, name: string): Scene {
  const file = readSafetensors(bytes);
  const tensors = new SceneTensors(file, name);
  if (tensors.text('format') !== FORMAT) throw tensors.broken(`is no scene: its metadata lacks the format ${FORMAT}`);
  const version = tensors.number('version', 1, Number.MAX_SAFE_INTEGER);
  if (version > VERSION) {
    throw new AppError(
      'newer-version',
      `${name} was written by a newer version; update CharacterShot Studio to open it.`,
    );
  }
  const gaussians = readGaussians(tensors);
  const frames = tensors.number('frames', 1, 1_000_000);
  return {
    gaussians,
    deformation: readDeformation(tensors, gaussians.count, frames),
    fps: tensors.number('fps', Number.MIN_VALUE, 1000),
    frames,
    background: tensors.colour('background'),
  };
}

const f32 = (shape: readonly number[], data: Float32Array): Tensor => ({ dtype: 'F32', shape, data });

function readGaussians(tensors: SceneTensors): Gaussians {
  const [count = 0] = tensors.shape('means');
  const [, coefficients = 0] = tensors.shape('sh');
  const shDegree = [1, 4, 9, 16].indexOf(coefficients);
  if (shDegree < 0) throw tensors.broken(`has ${coefficients} coefficients in "sh"; 1, 4, 9 or 16 are possible`);
  return {
    count,
    shDegree,
    means: tensors.floats('means', [count, 3]),
    logScales: tensors.floats('log_scales', [count, 3]),
    quats: tensors.floats('quats', [count, 4]),
    opacityLogits: tensors.floats('opacity_logits', [count]),
    sh: tensors.floats('sh', [count, coefficients, 3]),
  };
}

function readDeformation(tensors: SceneTensors, count: number, frames: number): Deformation {
  const kind = tensors.text('deformation');
  if (kind === 'static') return { kind };
  if (kind === 'nodes') return readNodes(tensors, count, frames);
  if (kind === 'hexplane') return readHexPlane(tensors);
  throw tensors.broken(`has the unknown deformation ${JSON.stringify(kind)}`);
}

function writeNodes(deformation: NodeDeformation, count: number, tensors: Map<string, Tensor>): void {
  const { frames, nodes, rotations, translations, colours, neighbours, weights } = deformation;
  const m = nodes.length / 3;
  tensors.set('nodes.positions', f32([m, 3], nodes));
  tensors.set('nodes.rotations', f32([frames, m, 4], rotations));
  tensors.set('nodes.translations', f32([frames, m, 3], translations));
  tensors.set('nodes.colours', f32([frames, m, 3], colours));
  tensors.set('nodes.neighbours', { dtype: 'I32', shape: [count, NODES_PER_GAUSSIAN], data: neighbours });
  tensors.set('nodes.weights', f32([count, NODES_PER_GAUSSIAN], weights));
}

function readNodes(tensors: SceneTensors, count: number, frames: number): NodeDeformation {
  const [m = 0] = tensors.shape('nodes.positions');
  return {
    kind: 'nodes',
    frames,
    nodes: tensors.floats('nodes.positions', [m, 3]),
    rotations: tensors.floats('nodes.rotations', [frames, m, 4]),
    translations: tensors.floats('nodes.translations', [frames, m, 3]),
    colours: tensors.floats('nodes.colours', [frames, m, 3]),
    neighbours: tensors.indices('nodes.neighbours', [count, NODES_PER_GAUSSIAN], m),
    weights: tensors.floats('nodes.weights', [count, NODES_PER_GAUSSIAN]),
  };
}
