import type { Animation, AnimationChannel, Node, Skin } from '@gltf-transform/core';
import { isRecord, type JsonRecord } from '../../core/formats/json.ts';
import type { RigPart } from '../../core/poses/motion-names.ts';
import type { Rig } from '../../core/poses/motion-rig.ts';
import { placeJoint, product, type Transforms } from '../../core/poses/motion-transforms.ts';
import type { GltfMotionFile } from './gltf-motion-file.ts';
import { inverse, transformOf } from './gltf-motion-matrix.ts';
import { sampleTrack, trackOf, type Track } from './gltf-motion-track.ts';

/** The nodes of a file under one of its animations, as a rig: y is up, as glTF has it. */
export function gltfRig({ json, document }: GltfMotionFile, animation: Animation, fps: number): Rig {
  const nodes = document.getRoot().listNodes();
  const index = new Map(nodes.map((node, i) => [node, i]));
  const parents = nodes.map((node) => {
    const parent = node.getParentNode();
    return parent ? (index.get(parent) ?? -1) : -1;
  });
  const joints = nodes.map((node, i) => ({ name: node.getName(), parent: parents[i] ?? -1 }));
  const order = parentsFirst(parents);
  const tracks = tracksOf(animation, index);
  const { start, end } = spanOf(tracks);
  const evaluate = (frame: number, transforms: Float64Array): void => {
    const time = Math.min(end, start + frame / fps);
    place(order, parents, transforms, (i) => localOf(nodes[i], tracks.get(i), time));
  };
  const still = new Float64Array(nodes.length * 12);
  place(order, parents, still, (i) => localOf(nodes[i], undefined, 0));
  const rest = boundPose(document.getRoot().listSkins(), index, order, parents, still);
  const parts = humanoidOf(json, nodes.length);
  const frameCount = Math.round((end - start) * fps) + 1;
  return { joints, fps, frameCount, rest, evaluate, up: [0, 1, 0], ...(parts && { parts }) };
}

function parentsFirst(parents: readonly number[]): number[] {
  const children = parents.map((): number[] => []);
  parents.forEach((parent, i) => children[parent]?.push(i));
  const order = parents.flatMap((parent, i) => (parent < 0 ? [i] : []));
  for (const i of order) order.push(...(children[i] ?? []));
  return order;
}

function place(
  order: readonly number[],
  parents: readonly number[],
  transforms: Float64Array,
  local: (node: number) => Transforms,
): void {
  for (const i of order) placeJoint(transforms, i, parents[i] ?? -1, local(i));
}

/** The animated properties of a node. */
interface NodeTracks {
  translation?: Track;
  rotation?: Track;
  scale?: Track;
}

function tracksOf(animation: Animation, index: ReadonlyMap<Node, number>): Map<number, NodeTracks> {
  const tracks = new Map<number, NodeTracks>();
  for (const channel of animation.listChannels()) {
    const target = channel.getTargetNode();
    const node = target ? index.get(target) : undefined;
    const property = propertyOf(channel);
    const sampler = channel.getSampler();
    const track = sampler && property && trackOf(sampler, property === 'rotation' ? 4 : 3);
    if (node === undefined || !track) continue;
    const own = tracks.get(node) ?? {};
    own[property] = track;
    tracks.set(node, own);
  }
  return tracks;
}

function propertyOf(channel: AnimationChannel): keyof NodeTracks | undefined {
  const path = channel.getTargetPath();
  return path === 'translation' || path === 'rotation' || path === 'scale' ? path : undefined;
}

/** First and last moment of an animation, in seconds; both 0 where nothing is animated. */
export function animationSpan(animation: Animation, nodes: readonly Node[]): { start: number; end: number } {
  return spanOf(tracksOf(animation, new Map(nodes.map((node, i) => [node, i]))));
}

function spanOf(tracks: ReadonlyMap<number, NodeTracks>): { start: number; end: number } {
  let [start, end] = [Infinity, -Infinity];
  for (const { translation, rotation, scale } of tracks.values()) {
    for (const track of [translation, rotation, scale]) {
      start = Math.min(start, track?.times[0] ?? Infinity);
      end = Math.max(end, track?.times.at(-1) ?? -Infinity);
    }
  }
  return end >= start ? { start, end } : { start: 0, end: 0 };
}

function localOf(node: Node | undefined, tracks: NodeTracks | undefined, time: number): Transforms {
  const translation = tracks?.translation
    ? sampleTrack(tracks.translation, time)
    : (node?.getTranslation() ?? [0, 0, 0]);
  const rotation = tracks?.rotation ? sampleTrack(tracks.rotation, time) : (node?.getRotation() ?? [0, 0, 0, 1]);
  const scale = tracks?.scale ? sampleTrack(tracks.scale, time) : (node?.getScale() ?? [1, 1, 1]);
  return transformOf(translation, rotation, scale);
}

/** The pose in which the largest skin was bound; nodes outside of it hang on its joints as they stand in the file. */
function boundPose(
  skins: readonly Skin[],
  index: ReadonlyMap<Node, number>,
  order: readonly number[],
  parents: readonly number[],
  still: Float64Array,
): Float64Array {
  const [skin] = skins.toSorted((a, b) => b.listJoints().length - a.listJoints().length);
  const matrices = skin?.getInverseBindMatrices();
  if (!skin || !matrices) return still;
  const bound = new Map<number, Transforms>();
  skin.listJoints().forEach((joint, i) => {
    const node = index.get(joint);
    const c = matrices.getElement<number[]>(i, []); // 4x4, column by column
    const rows = Float64Array.from({ length: 12 }, (_, k) => c[(k % 4) * 4 + Math.floor(k / 4)] ?? 0);
    const pose = inverse(rows);
    if (node !== undefined && pose) bound.set(node, pose);
  });
  const rest = still.slice();
  for (const i of order) {
    const pose = bound.get(i);
    const parent = parents[i] ?? -1;
    if (pose) rest.set(pose, i * 12);
    else if (parent >= 0) rest.set(carried(rest, still, parent, i), i * 12);
  }
  return rest;
}

/** A node as it stands relative to its parent, on the parent's other place. */
function carried(rest: Float64Array, still: Float64Array, parent: number, node: number): Transforms {
  const own = still.subarray(node * 12, node * 12 + 12);
  const back = inverse(still.subarray(parent * 12, parent * 12 + 12));
  return back ? product(rest.subarray(parent * 12, parent * 12 + 12), product(back, own)) : own;
}

/** VRM's names of what a person consists of. */
const HUMANOID: Readonly<Record<string, RigPart>> = {
  head: 'head',
  neck: 'neck',
  ...Object.fromEntries(
    (['left', 'right'] as const).flatMap((side): [string, RigPart][] => [
      [`${side}UpperArm`, `${side}_shoulder`],
      [`${side}LowerArm`, `${side}_elbow`],
      [`${side}Hand`, `${side}_wrist`],
      [`${side}UpperLeg`, `${side}_hip`],
      [`${side}LowerLeg`, `${side}_knee`],
      [`${side}Foot`, `${side}_ankle`],
      [`${side}Toes`, `${side}_toe`],
      [`${side}Eye`, `${side}_eye`],
      [`${side}MiddleDistal`, `${side}_middle_finger`],
    ]),
  ),
};

/** The joints that VRM 0.x, VRM 1.0 or a VRM animation name; undefined where the file has none of these extensions. */
function humanoidOf(json: JsonRecord, nodeCount: number): ReadonlyMap<RigPart, number> | undefined {
  const extensions = isRecord(json.extensions) ? json.extensions : {};
  const holder = [extensions.VRMC_vrm_animation, extensions.VRMC_vrm, extensions.VRM].find(isRecord);
  const bones = holder && isRecord(holder.humanoid) ? holder.humanoid.humanBones : undefined;
  if (bones === undefined || bones === null) return undefined;
  // A list of (bone, node) in 0.x, an object by bone in 1.0.
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(bones)
    ? bones.map((bone: unknown) => (isRecord(bone) ? [bone.bone, bone.node] : [undefined, undefined]))
    : Object.entries(bones).map(([bone, value]) => [bone, isRecord(value) ? value.node : undefined]);
  const parts = new Map<RigPart, number>();
  for (const [bone, node] of entries) {
    const part = typeof bone === 'string' && Object.hasOwn(HUMANOID, bone) ? HUMANOID[bone] : undefined;
    if (part && typeof node === 'number' && Number.isInteger(node) && node >= 0 && node < nodeCount)
      parts.set(part, node);
  }
  return parts;
}
