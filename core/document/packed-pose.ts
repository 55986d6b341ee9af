import type { DocumentDiff, DocumentRecord, PoseRecord } from './document.ts';
import type { RecordsDiff } from './records.ts';

/**
 * A pose as it is kept in files and as it crosses between processes: its numbers in one array, which is copied as a whole.
 * A thousand poses of 133 points are a million numbers; one by one they take tenths of a second to write and to read.
 */
export interface PackedPose extends Omit<PoseRecord, 'keypoints' | 'depths' | 'original' | 'unfitted'> {
  /** How many numbers each list has; null: there is no such list. */
  readonly keypoints: number;
  readonly depths: number | null;
  readonly original: number | null;
  readonly unfitted?: { readonly keypoints: number; readonly depths: number | null } | undefined;
  /** Keypoints, depths (NaN: unknown), original, keypoints and depths of the unfitted pose, end to end. */
  readonly numbers: Float64Array<ArrayBuffer>;
}

export type PackedRecord = Exclude<DocumentRecord, PoseRecord> | PackedPose;

/** A change as whoever keeps the document has to know it: what is there afterwards, and ids of what is not. */
export interface PackedChange {
  readonly put: readonly PackedRecord[];
  readonly removed: readonly string[];
}

export const packRecord = (record: DocumentRecord): PackedRecord =>
  record.type === 'pose' ? packPose(record) : record;

export const packChange = ({ added, updated, removed }: DocumentDiff): PackedChange => ({
  put: [...added, ...updated.map(([, after]) => after)].map(packRecord),
  removed: removed.map(({ id }) => id),
});

export const packDiff = ({ added, updated, removed }: DocumentDiff): RecordsDiff<PackedRecord> => ({
  added: added.map(packRecord),
  updated: updated.map(([before, after]) => [packRecord(before), packRecord(after)] as const),
  removed: removed.map(packRecord),
});

/** The counts of a packed pose have to fit its numbers. */
export const unpackRecord = (record: PackedRecord): DocumentRecord =>
  record.type === 'pose' ? unpackPose(record) : record;

function packPose({ keypoints, depths, original, unfitted, ...rest }: PoseRecord): PackedPose {
  const lists = [keypoints, depths, original, unfitted?.keypoints, unfitted?.depths];
  const numbers = new Float64Array(lists.reduce((sum, list) => sum + (list?.length ?? 0), 0));
  let end = 0;
  for (const list of lists) {
    list?.forEach((number, index) => {
      numbers[end + index] = number ?? NaN;
    });
    end += list?.length ?? 0;
  }
  const own = unfitted && { keypoints: unfitted.keypoints.length, depths: unfitted.depths?.length ?? null };
  const counts = { keypoints: keypoints.length, depths: depths?.length ?? null, original: original?.length ?? null };
  return { ...rest, ...counts, ...(own ? { unfitted: own } : {}), numbers };
}

function unpackPose({ numbers, keypoints, depths, original, unfitted, ...rest }: PackedPose): PoseRecord {
  const middle = keypoints + (depths ?? 0);
  const own = middle + (original ?? 0);
  return {
    ...rest,
    keypoints: listOf(numbers, 0, keypoints),
    depths: depths === null ? null : depthsOf(numbers, keypoints, middle),
    original: original === null ? null : listOf(numbers, middle, own),
    ...(unfitted ? { unfitted: ownPose(numbers, own, unfitted) } : {}),
  };
}

function ownPose(
  numbers: Float64Array,
  start: number,
  { keypoints, depths }: NonNullable<PackedPose['unfitted']>,
): NonNullable<PoseRecord['unfitted']> {
  const middle = start + keypoints;
  return {
    keypoints: listOf(numbers, start, middle),
    depths: depths === null ? null : depthsOf(numbers, middle, middle + depths),
  };
}

const depthsOf = (numbers: Float64Array, start: number, end: number): (number | null)[] =>
  listOf(numbers, start, end).map(knownOrNull);

/** As Array.from, several times as fast. */
function listOf(numbers: Float64Array, start: number, end: number): number[] {
  const list: number[] = [];
  for (let index = start; index < end; index++) list.push(numbers[index] ?? NaN);
  return list;
}

const knownOrNull = (depth: number): number | null => (Number.isNaN(depth) ? null : depth);
