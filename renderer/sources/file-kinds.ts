/** What a dropped file may be for. */
export type FileKind = 'picture' | 'motion' | 'project' | 'other';

const PICTURE = /\.(png|jpe?g|webp|avif|gif|tiff?)$/i;
const MOTION = /\.(mp4|m4v|mov|webm|mkv|avi|bvh|glb|gltf|vrm|vrma|json)$/i;

/** By its name: the main process looks inside. */
export function fileKind(name: string): FileKind {
  if (PICTURE.test(name)) return 'picture';
  if (MOTION.test(name)) return 'motion';
  return /\.cshot$/i.test(name) ? 'project' : 'other';
}

export interface DroppedFile {
  readonly name: string;
  readonly isFolder: boolean;
}

export type DropMeaning = 'character' | 'views' | 'motion' | 'project' | 'nothing';

/** What a drop on the sources is taken for: several pictures are poses or views, a folder holds views. */
export function meaningOfDrop(files: readonly DroppedFile[]): DropMeaning {
  const [first] = files;
  if (!first) return 'nothing';
  if (files.some(({ isFolder }) => isFolder)) return 'views';
  const kinds = files.map(({ name }) => fileKind(name));
  if (kinds.every((kind) => kind === 'picture')) {
    if (files.length === 1) return 'character';
    return files.length === 21 ? 'views' : 'motion';
  }
  if (kinds.every((kind) => kind === 'project')) return 'project';
  return kinds.every((kind) => kind === 'motion' || kind === 'picture') ? 'motion' : 'nothing';
}
