/** What the user is asked for that only the operating system can ask. null or an empty list: the user gave up. */
export interface Dialogs {
  /** Paths of the project files to take up. */
  readonly openProjects: () => Promise<readonly string[]>;
  /** Where to save a project; `suggested` is a path. The system has asked before a file is replaced. */
  readonly saveProject: (suggested: string) => Promise<string | null>;
  /** One file, or one folder for what lies in folders (views, some poses and clips, a model). */
  readonly pick: (kind: 'picture' | 'mask' | 'views' | 'poses' | 'clip' | 'model') => Promise<string | null>;
  /** Where to write poses: a file, or a folder for OpenPose's files. */
  readonly savePoses: (format: 'poses' | 'openpose', suggested: string) => Promise<string | null>;
  /** Where an export goes: a file or a folder, by its kind. */
  readonly exportPlace: (
    kind: 'ply-sequence' | 'turntable' | 'pictures' | 'frame',
    suggested: string,
  ) => Promise<string | null>;
}
