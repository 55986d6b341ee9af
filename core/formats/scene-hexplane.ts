import type { HexPlaneConfig, HexPlaneDeformation } from '../deformation/deformation.ts';
import { hexPlaneShapes } from '../deformation/hexplane-shapes.ts';
import { isRecord, type JsonRecord } from './json.ts';
import type { Tensor } from './safetensors.ts';
import type { SceneTensors } from './scene-tensors.ts';

/** The metadata key of the configuration. */
const CONFIG = 'hexplane';

/** Adds the network's weights under their published names, and its configuration as JSON. */
export function writeHexPlane(
  deformation: HexPlaneDeformation,
  tensors: Map<string, Tensor>,
  metadata: Map<string, string>,
): void {
  metadata.set(CONFIG, JSON.stringify(deformation.config));
  for (const name of hexPlaneShapes(deformation.config).keys()) {
    const parameter = deformation.parameters.get(name);
    if (!parameter) throw new TypeError(`The HexPlane deformation lacks its parameter ${name}.`);
    tensors.set(name, { dtype: 'F32', ...parameter });
  }
}

export function readHexPlane(tensors: SceneTensors): HexPlaneDeformation {
  const config = readConfig(tensors.object(CONFIG));
  if (!config) throw tensors.broken(`has an impossible HexPlane configuration in its metadata`);
  const parameters = [...hexPlaneShapes(config)].map(
    ([name, shape]) => [name, { shape, data: tensors.floats(name, shape) }] as const,
  );
  return { kind: 'hexplane', config, parameters: new Map(parameters) };
}

/** Bounds far beyond any network that a machine could evaluate; they keep made-up sizes from costing memory. */
const MAX_SIZE = 4096;
const MAX_LAYERS = 16;

const isCount = (value: unknown, most: number): value is number =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;

function readConfig(json: JsonRecord): HexPlaneConfig | undefined {
  const { multires, channels, resolution, width, depth, heads, aabb } = json;
  if (!isList(multires) || multires.length < 1 || multires.length > MAX_LAYERS) return undefined;
  if (!multires.every((factor) => isCount(factor, MAX_SIZE))) return undefined;
  if (!isList(resolution) || !isRecord(heads) || !isList(aabb)) return undefined;
  const [rx, ry, rz, rt] = resolution;
  const [most, least] = [readCorner(aabb[0]), readCorner(aabb[1])];
  const sizes = isCount(rx, MAX_SIZE) && isCount(ry, MAX_SIZE) && isCount(rz, MAX_SIZE) && isCount(rt, MAX_SIZE);
  if (!sizes || !isCount(channels, MAX_SIZE) || !isCount(width, MAX_SIZE) || !most || !least) return undefined;
  if (depth !== 0 && !isCount(depth, MAX_LAYERS)) return undefined;
  const { position, scale, rotation, opacity, sh } = heads;
  if (!isFlag(position) || !isFlag(scale) || !isFlag(rotation) || !isFlag(opacity) || !isFlag(sh)) return undefined;
  return {
    multires,
    channels,
    resolution: [rx, ry, rz, rt],
    width,
    depth,
    heads: { position, scale, rotation, opacity, sh },
    aabb: [most, least],
  };
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

function readCorner(value: unknown): [number, number, number] | undefined {
  const [x, y, z] = isList(value) ? value : [];
  const isNumber = (n: unknown): n is number => typeof n === 'number' && Number.isFinite(n);
  return isNumber(x) && isNumber(y) && isNumber(z) ? [x, y, z] : undefined;
}
