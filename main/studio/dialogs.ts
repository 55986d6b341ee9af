/** The system's own dialogs, as handlers ask for them. */
export interface Dialogs {
  /** Paths of what the user chose; null when they gave up. */
  readonly chooseFiles: (request: ChooseFiles) => Promise<readonly string[] | null>;
  /** A path to write to; null when the user gave up. A file that is there is replaced only after they agreed. */
  readonly choosePlace: (request: ChoosePlace) => Promise<string | null>;
}

export interface FileFilter {
  readonly name: string;
  /** Without dots; `*` for all. */
  readonly extensions: readonly string[];
}

export interface ChooseFiles {
  /** Which window asks. */
  readonly window: number;
  readonly title: string;
  /** Whether a folder is chosen, and not files. */
  readonly folder?: boolean;
  /** Whether several can be chosen. */
  readonly several?: boolean;
  readonly filters?: readonly FileFilter[];
}

export interface ChoosePlace {
  readonly window: number;
  readonly title: string;
  /** The name, or the path, that is offered. */
  readonly name: string;
  readonly filters: readonly FileFilter[];
}

export const PICTURE_FILES: FileFilter = {
  name: 'Pictures',
  extensions: ['png', 'jpg', 'jpeg', 'webp', 'gif', 'tif', 'tiff', 'avif'],
};

export const PROJECT_FILES: FileFilter = { name: 'CharacterShot projects', extensions: ['cshot'] };
