import { ProjectFile } from '../studio/project-file/project-file.ts';
import type { EngineProject } from './project.ts';

/** The project file at `path`, which the studio may have open, too. Throws an `AppError` that names it. */
export function openEngineProject(path: string): EngineProject {
  const file = ProjectFile.open(path);
  return {
    document: () => file.records().document,
    asset: (id) => file.asset(id),
    writeAsset: (id, to) => file.writeAssetTo(id, to),
    addAsset: (bytes) => file.addAsset(bytes),
    addAssetFile: (from, signal) => file.addAssetFile(from, signal),
    close: () => {
      file.close();
    },
  };
}
