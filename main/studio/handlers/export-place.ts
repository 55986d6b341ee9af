import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportTarget } from '../../../preload/contract/jobs.ts';
import type { ChoosePlace, Dialogs } from '../dialogs.ts';

/** Signs that a file system somewhere does not take in a name. */
// eslint-disable-next-line no-control-regex -- control characters are among them
const FORBIDDEN = /[<>:"/\\|?*\u0000-\u001f]/g;

/** A project's name as part of a file's name. */
export const fileNameOf = (name: string): string => name.replace(FORBIDDEN, ' ').trim().slice(0, 100) || 'project';

/** Asks where an export goes; null when the user gave up. */
export function askExportPlace(
  target: ExportTarget,
  project: string,
  dialogs: Dialogs,
  window: number,
): Promise<string | null> {
  const name = fileNameOf(project);
  switch (target.kind) {
    case 'ply-sequence':
      return askFolder(`${name} ply`, dialogs, window);
    case 'pictures':
      return askFolder(`${name} pictures`, dialogs, window);
    case 'turntable':
      return dialogs.choosePlace({ ...videoPlace(target.background !== null, name), window });
    case 'frame': {
      const filters = [{ name: target.format.toUpperCase(), extensions: [target.format] }];
      return dialogs.choosePlace({
        ...{ window, title: 'Export frame', filters },
        name: `${name} ${target.frame + 1}.${target.format}`,
      });
    }
  }
}

const videoPlace = (isMp4: boolean, name: string): Omit<ChoosePlace, 'window'> => {
  const extension = isMp4 ? 'mp4' : 'webm';
  const filters = [{ name: isMp4 ? 'MP4 video' : 'WebM video', extensions: [extension] }];
  return { title: 'Export turntable', name: `${name}.${extension}`, filters };
};

async function askFolder(name: string, dialogs: Dialogs, window: number): Promise<string | null> {
  const chosen = await dialogs.chooseFiles({ window, title: 'Export into folder', folder: true });
  const [folder] = chosen ?? [];
  return folder === undefined ? null : placeIn(folder, name);
}

/** An empty folder is the place itself; in another one the export gets a folder of its own, of a name that is free. */
export async function placeIn(folder: string, name: string): Promise<string> {
  const isThere = (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
  if (!isThere || (await readdir(folder)).length === 0) return folder;
  for (let n = 1; ; n++) {
    const place = join(folder, n === 1 ? name : `${name} ${n}`);
    if (!existsSync(place)) return place;
  }
}
