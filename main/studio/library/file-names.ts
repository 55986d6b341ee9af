import { join } from 'node:path';
import { statusOf } from '../project-file/examine-file.ts';
import { PROJECT_EXTENSION } from '../project-file/kind.ts';

/** Names that Windows keeps for devices, with any ending. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
/** Bytes in UTF-8: file systems allow 255, of which endings and numbers take some. */
const LONGEST = 120;

/** A file name, without ending, that every file system takes, as near to a project's name as can be. */
export function safeFileName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    // Control and format characters (among them those that turn the reading direction) and what Windows forbids.
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff\ufffd<>:"/\\|?*]+/gu, '-')
    .replace(/\s+/g, ' ');
  const short = trimmed(shortened(trimmed(plain)));
  if (!/[^-]/.test(short)) return 'Project';
  return RESERVED.test(short) ? `_${short}` : short;
}

/** A path in `folder` where nothing is yet: the name, or the name with a number behind it. */
export function freePath(folder: string, name: string): string {
  const base = safeFileName(name);
  for (let number = 1; ; number++) {
    const path = join(folder, `${base}${number === 1 ? '' : ` ${number}`}${PROJECT_EXTENSION}`);
    if (!statusOf(path)) return path;
  }
}

/** Windows drops dots and spaces at the end; a dot at the start hides a file elsewhere. */
const trimmed = (name: string): string => name.replace(/^[\s.]+|[\s.]+$/g, '');

/** Cut between characters as people see them. */
function shortened(name: string): string {
  let result = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > LONGEST) break;
    result += segment;
  }
  return result;
}
