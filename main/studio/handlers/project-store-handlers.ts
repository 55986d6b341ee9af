import type { Handlers } from '../../../preload/contract/feature.ts';
import type { project } from '../../../preload/contract/project.ts';
import { type Dialogs, PROJECT_FILES } from '../dialogs.ts';
import type { Projects } from '../projects.ts';

type StoreCall = 'open' | 'close' | 'apply' | 'save' | 'saveAs' | 'setThumbnail' | 'asset';

/** Those of a project's calls that are about its file. */
export const projectStoreHandlers = (
  projects: Projects,
  dialogs: Dialogs,
): Pick<Handlers<typeof project>, StoreCall> => ({
  open: ({ project: id }, { window }) => projects.open(id, window),
  close: ({ project: id }, { window }) => projects.close(id, window),
  apply: ({ project: id, change }) => {
    projects.apply(id, change);
  },
  save: ({ project: id }) => projects.save(id),
  saveAs: async ({ project: id }, { window }) => {
    const name = projects.file(id).path;
    const path = await dialogs.choosePlace({ window, title: 'Save the project as', name, filters: [PROJECT_FILES] });
    return path === null ? null : projects.saveAs(id, path, window);
  },
  setThumbnail: ({ project: id, index, picture }) => {
    projects.setThumbnail(id, index, picture);
  },
  asset: ({ project: id, asset }) => projects.asset(id, asset),
});
