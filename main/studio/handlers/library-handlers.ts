import type { Handlers } from '../../../preload/contract/feature.ts';
import type { library } from '../../../preload/contract/library.ts';
import type { Desktop } from '../desktop.ts';
import { type Dialogs, PROJECT_FILES } from '../dialogs.ts';
import type { Library } from '../library/library.ts';

/** The library's calls. */
export const libraryHandlers = (
  projects: Library,
  { dialogs, clearRecent }: Pick<Desktop, 'dialogs' | 'clearRecent'>,
): Handlers<typeof library> => ({
  list: (query) => projects.list(query),
  recent: () => projects.recent(),
  clearRecent: () => {
    projects.clearRecent();
    clearRecent();
  },
  tags: () => projects.tags(),
  create: ({ name }) => projects.create(name),
  add: async (_, { files, window }) => projects.add(files.length > 0 ? files : await askFiles(dialogs, window, true)),
  rename: ({ project, name }) => projects.rename(project, name),
  setTags: ({ project, tags }) => projects.setTags(project, tags),
  duplicate: ({ project }) => projects.duplicate(project),
  trash: ({ project }) => {
    projects.trash(project);
  },
  restore: ({ project }) => projects.restore(project),
  erase: ({ project }) => {
    projects.erase(project);
  },
  locate: async ({ project }, { files, window }) => {
    const [path] = files.length > 0 ? files : await askFiles(dialogs, window, false);
    return path === undefined ? null : projects.locate(project, path);
  },
});

const askFiles = async (dialogs: Dialogs, window: number, several: boolean): Promise<readonly string[]> =>
  (await dialogs.chooseFiles({ window, title: 'Open project files', several, filters: [PROJECT_FILES] })) ?? [];
