import { basename } from 'node:path';
import { z } from 'zod';
import { recordOf, type ProjectDocument } from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import type { Handlers } from '../../../preload/contract/feature.ts';
import { assetId } from '../../../preload/contract/ids.ts';
import type { ImportedPicture, project } from '../../../preload/contract/project.ts';
import type { EngineTools } from '../jobs/engine-tools.ts';
import { PICTURE_FILES, type Dialogs } from '../dialogs.ts';
import { fileNameOf, placeIn } from './export-place.ts';

export interface ImportHandlersOptions {
  readonly tools: EngineTools;
  readonly dialogs: Dialogs;
  readonly projectName: (project: string) => string;
  readonly document: (project: string) => { readonly document: ProjectDocument; readonly path: string };
}

type ImportCalls = 'importPicture' | 'pastePicture' | 'importViews' | 'exportPoses';

const picture: z.ZodType<ImportedPicture> = z.object({
  asset: assetId,
  fileName: z.string(),
  width: z.int().min(1),
  height: z.int().min(1),
});
const views = z.array(assetId).length(21);
const nothing = z.undefined();

/** A picture of the clipboard has no name. */
const PASTED = 'Pasted picture';
/** A mask may differ from its picture's shape by rounding alone. */
const SHAPE = 0.02;

/**
 * Pictures and poses in and out of a project. Files are read in engine processes: nobody trusts them yet, and a large one takes a second.
 */
export function importHandlers(options: ImportHandlersOptions): Pick<Handlers<typeof project>, ImportCalls> {
  const { tools, dialogs, document, projectName } = options;
  return {
    importPicture: async ({ project: id, use }, { files, window }) => {
      const asked = { window, title: TITLES[use], filters: [PICTURE_FILES] };
      const [path] = files.length > 0 ? files : ((await dialogs.chooseFiles(asked)) ?? []);
      if (path === undefined) return null;
      const task = { kind: 'read-picture', name: basename(path) } as const;
      const found = await tools.run({ task, projectPath: document(id).path, files: [path] }, picture);
      if (use === 'mask') checkMask(found, document(id).document);
      return found;
    },
    pastePicture: ({ project: id, picture: bytes }) => {
      const task = { kind: 'read-picture', name: PASTED } as const;
      return tools.run({ task, projectPath: document(id).path, bytes }, picture);
    },
    importViews: async ({ project: id }, { files, window }) => {
      const asked = { window, title: 'Choose a folder of 21 view pictures', folder: true };
      const paths = files.length > 0 ? files : await dialogs.chooseFiles(asked);
      if (!paths) return null;
      return tools.run({ task: { kind: 'read-views' }, projectPath: document(id).path, files: paths }, views);
    },
    exportPoses: async ({ project: id, format }, { window }) => {
      const name = fileNameOf(projectName(id));
      const place = await (format === 'poses' ? askFile(name, dialogs, window) : askFolder(name, dialogs, window));
      if (place === null) return null;
      await tools.run({ task: { kind: 'write-poses', format }, projectPath: document(id).path, place }, nothing);
      return { fileName: basename(place) };
    },
  };
}

const TITLES = {
  character: 'Choose the picture of the character',
  mask: 'Choose a mask',
  view: 'Choose the picture of a view',
} as const;

function checkMask({ width, height, fileName }: ImportedPicture, document: ProjectDocument): void {
  const character = recordOf(document, 'character');
  if (!character) throw new AppError('bad-input', 'Choose the picture of the character before its mask.');
  if (Math.abs(((width / height) * character.height) / character.width - 1) < SHAPE) return;
  const sizes = `${width}x${height} pixels and the picture ${character.width}x${character.height}`;
  throw new AppError('bad-input', `${fileName} has ${sizes}; make both the same size.`);
}

const askFile = (name: string, dialogs: Dialogs, window: number): Promise<string | null> =>
  dialogs.choosePlace({
    ...{ window, title: 'Export poses', name: `${name} poses.json` },
    filters: [{ name: 'Poses', extensions: ['json'] }],
  });

async function askFolder(name: string, dialogs: Dialogs, window: number): Promise<string | null> {
  const [folder] = (await dialogs.chooseFiles({ window, title: 'Export poses into folder', folder: true })) ?? [];
  return folder === undefined ? null : placeIn(folder, `${name} openpose`);
}
