import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { NodeIO, type Document, type GLTF, type JSONDocument } from '@gltf-transform/core';
import { AppError } from '../../core/errors.ts';
import { isRecord, parseJson, type JsonRecord } from '../../core/formats/json.ts';
import { readInput } from '../files/read.ts';

const GLB_MAGIC = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BINARY_CHUNK = 0x004e4942;
/** The key under which the library expects the binary part of a GLB. */
const GLB_BUFFER = '@glb.bin';
const MAX_NODES = 20_000;
/** Keyframes of an hour at 60 frames a second fit many times; what announces more is damaged. */
const MAX_ELEMENTS = 10_000_000;

/** A glTF file without its surfaces: nodes, skins and animations, and the JSON for extensions that the library does not know. */
export interface GltfMotionFile {
  readonly json: JsonRecord;
  readonly document: Document;
}

/** Whether a file begins like GLB (VRM and VRMA are GLB too). */
export const isGlb = (bytes: Uint8Array): boolean =>
  bytes.length >= 12 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === GLB_MAGIC;

/** Whether parsed JSON is glTF. */
export const isGltfJson = (json: unknown): boolean =>
  isRecord(json) && isRecord(json.asset) && typeof json.asset.version === 'string';

/**
 * Opens GLB or glTF bytes that came from `path`. Meshes and pictures are left out, so that files whose surfaces are
 * compressed in some way can be read for their motion. Throws an `AppError` that names the file.
 */
export async function openGltf(bytes: Uint8Array, path: string): Promise<GltfMotionFile> {
  const damaged = (cause?: unknown): AppError =>
    new AppError('bad-input', `${path} is a damaged glTF file; export it again.`, cause);
  const { json, resources } = isGlb(bytes)
    ? readGlb(bytes, path, damaged)
    : { json: parseJson(bytes, path), resources: {} };
  if (!isRecord(json) || !isGltfJson(json)) throw damaged();
  checkNodes(json, damaged);
  try {
    const motion = motionOf(json, damaged);
    await readBuffers(motion, resources, path);
    return { json, document: await new NodeIO().readJSON({ json: motion, resources }) };
  } catch (cause) {
    throw cause instanceof AppError ? cause : damaged(cause);
  }
}

type Resources = JSONDocument['resources'];

function readGlb(bytes: Uint8Array, path: string, damaged: () => AppError): { json: unknown; resources: Resources } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let json: unknown;
  const resources: Resources = {};
  for (let at = 12; at + 8 <= bytes.length;) {
    const [length, kind] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    if (at + 8 + length > bytes.length) throw damaged();
    const chunk = bytes.subarray(at + 8, at + 8 + length);
    if (kind === JSON_CHUNK) json ??= parseJson(chunk, path);
    if (kind === BINARY_CHUNK) resources[GLB_BUFFER] = Uint8Array.from(chunk); // aligned for views of any type
    at += 8 + length;
  }
  return { json, resources };
}

const listOf = (json: JsonRecord, key: string): readonly unknown[] => (Array.isArray(json[key]) ? json[key] : []);

/** A hierarchy with a circle in it would be walked for ever. */
function checkNodes(json: JsonRecord, damaged: () => AppError): void {
  const nodes = listOf(json, 'nodes');
  if (nodes.length > MAX_NODES) throw damaged();
  const parents = new Map<unknown, number>();
  nodes.forEach((node, index) => {
    if (!isRecord(node)) throw damaged();
    for (const child of listOf(node, 'children')) {
      if (typeof child !== 'number' || !isRecord(nodes[child]) || parents.has(child)) throw damaged();
      parents.set(child, index);
    }
  });
  const reached = nodes.flatMap((_, index) => (parents.has(index) ? [] : [index]));
  for (const index of reached) {
    const node = nodes[index];
    if (isRecord(node)) reached.push(...(listOf(node, 'children') as number[]));
  }
  if (reached.length !== nodes.length) throw damaged();
}

/** What of the file is needed for motion; accessors keep their numbers, but those of surfaces become empty ones. */
function motionOf(json: JsonRecord, damaged: () => AppError): GLTF.IGLTF {
  const used = new Set<unknown>();
  for (const skin of listOf(json, 'skins')) if (isRecord(skin)) used.add(skin.inverseBindMatrices);
  for (const animation of listOf(json, 'animations')) {
    if (!isRecord(animation)) throw damaged();
    for (const sampler of listOf(animation, 'samplers')) {
      if (isRecord(sampler)) used.add(sampler.input).add(sampler.output);
    }
  }
  const accessors = listOf(json, 'accessors').map((accessor, index) => {
    if (!used.has(index)) return { componentType: 5126, count: 1, type: 'SCALAR' };
    if (
      !isRecord(accessor) ||
      typeof accessor.count !== 'number' ||
      !(accessor.count >= 1 && accessor.count <= MAX_ELEMENTS)
    ) {
      throw damaged();
    }
    return accessor;
  });
  const nodes = listOf(json, 'nodes').map((node) => {
    const { children, matrix, name, rotation, scale, skin, translation } = node as JsonRecord;
    return { children, matrix, name, rotation, scale, skin, translation };
  });
  const { asset, animations = [], buffers = [], bufferViews = [], skins = [] } = json;
  const motion = { asset, accessors, animations, buffers, bufferViews, nodes, skins, scenes: [], scene: undefined };
  return structuredClone(motion) as unknown as GLTF.IGLTF;
}

async function readBuffers(json: GLTF.IGLTF, resources: Resources, path: string): Promise<void> {
  for (const { uri } of json.buffers ?? []) {
    if (uri === undefined || uri.startsWith('data:')) continue;
    const relative = normalize(decodeURIComponent(uri));
    // A file from a stranger must not have others read from anywhere.
    if (/^[a-z]+:/i.test(uri) || isAbsolute(relative) || relative.split(sep)[0] === '..') {
      throw new AppError(
        'bad-input',
        `${path} refers to ${uri.slice(0, 80)}, which is not beside it; export it as GLB.`,
      );
    }
    resources[uri] = Uint8Array.from(await readInput(join(dirname(path), relative)));
  }
}
