import { AppError } from '../../core/errors.ts';
import type { LibraryDatabase } from './library/library-database.ts';
import type { ByteRange } from './project-file/asset-store.ts';
import { mimeOf } from './project-file/mime.ts';
import type { Projects } from './projects.ts';

/** An answer to a page's request, for whatever protocol asked. */
export interface AssetReply {
  readonly status: 200 | 206 | 404 | 416 | 500;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

// Nothing of a path is ever used as a path: ids are looked up.
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ASSET = new RegExp(`^/asset/(${UUID})/([0-9a-f]{64})$`);
const THUMBNAIL = new RegExp(`^/thumbnail/(${UUID})/(0|[1-9][0-9]?)$`);

/** Addresses name what they show by its content or with a version. */
const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'private, max-age=31536000, immutable',
} as const;

/**
 * Answers `/asset/<project>/<sha256>` of open projects and `/thumbnail/<project>/<frame>` of all; undefined for any other
 * path (without query). `range`: the request's Range header; only one range is served, others are ignored as HTTP allows.
 */
export function serveAsset(
  projects: Projects,
  { projects: table }: LibraryDatabase,
  path: string,
  range: string | null,
): AssetReply | undefined {
  const thumbnail = THUMBNAIL.exec(path);
  if (thumbnail) {
    const picture = table.thumbnail(thumbnail[1] ?? '', Number(thumbnail[2]));
    return picture ? whole(picture) : empty(404);
  }
  const [, project = '', asset = ''] = ASSET.exec(path) ?? [];
  if (project === '') return /^\/(asset|thumbnail)(\/|$)/.test(path) ? empty(404) : undefined;
  try {
    return assetReply(projects, project, asset, range);
  } catch (error) {
    if (error instanceof AppError) return empty(error.code === 'not-found' ? 404 : 500);
    throw error;
  }
}

function assetReply(projects: Projects, project: string, asset: string, header: string | null): AssetReply {
  const file = projects.file(project);
  const { size, mime } = file.assetInfo(asset);
  const headers = { ...COMMON, 'Content-Type': mime, 'Accept-Ranges': 'bytes' };
  const range = rangeIn(header, size);
  if (range === 'unsatisfiable') {
    return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` }, body: null };
  }
  if (range) {
    const { start, end } = range;
    return {
      status: 206,
      headers: { ...headers, 'Content-Length': `${end - start}`, 'Content-Range': `bytes ${start}-${end - 1}/${size}` },
      body: file.readAsset(asset, range),
    };
  }
  return { status: 200, headers: { ...headers, 'Content-Length': `${size}` }, body: file.readAsset(asset) };
}

/** Undefined: all of it. */
export function rangeIn(header: string | null, size: number): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}

const whole = (bytes: Uint8Array): AssetReply => ({
  status: 200,
  headers: { ...COMMON, 'Content-Type': mimeOf(bytes), 'Content-Length': `${bytes.length}` },
  body: bytes,
});

const empty = (status: 404 | 500): AssetReply => ({
  status,
  headers: { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' },
  body: null,
});
