import type { Database } from 'better-sqlite3';
import {
  DEFAULT_SETTINGS,
  DEFAULT_WORKSPACE,
  type DocumentRecord,
  type ProjectDocument,
  recordOf,
} from '../../../core/document/document.ts';
import { type PackedChange, type PackedRecord, unpackRecord } from '../../../core/document/packed-pose.ts';
import { AppError } from '../../../core/errors.ts';
import { documentRecord, packedRecord } from '../../../preload/contract/document-schema.ts';
import { isDamage } from '../database/sqlite-error.ts';
import { FILE_LIMITS } from './kind.ts';

export interface ReadRecords {
  readonly document: ProjectDocument;
  /** What was left out or put in its place, one sentence each. */
  readonly warnings: readonly string[];
}

/** How far the work is. */
export type Stage = 'empty' | 'character' | 'clip' | 'scene';

/** What the library shows of a document. */
export interface Outline {
  /** Undefined where the name cannot be read. */
  readonly name: string | undefined;
  readonly stage: Stage;
  /** Names of the picture and the motion, for the search. */
  readonly sources: string;
}

/** How many warnings a user reads. */
const MOST_WARNINGS = 20;

/** The document of an open project file. */
export class RecordStore {
  readonly #database: Database;
  readonly #statements;

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** Every record is checked; what does not hold is left out. */
  read(): ReadRecords {
    const warnings: string[] = [];
    const document = new Map<string, DocumentRecord>();
    let length = 0;
    for (const row of this.#rows(warnings)) {
      const record = recordIn(row);
      length += (row.json?.length ?? 0) + (row.numbers?.length ?? 0);
      if (record && length <= FILE_LIMITS.documentJson) document.set(record.id, record);
      else warnings.push(`A part of the project (${named(row)}) is damaged and was left out.`);
    }
    for (const record of missingBasics(document)) {
      warnings.push(`The project lacked its ${record.id === 'project' ? 'name' : record.id}; the default is used.`);
      document.set(record.id, record);
    }
    return { document, warnings: shortened(warnings) };
  }

  /** Without reading all of the document. */
  outline(): Outline {
    const records = this.#statements.heads.all(FILE_LIMITS.recordJson).map(recordIn);
    const find = <T extends DocumentRecord['type']>(type: T) =>
      records.find((record): record is Extract<DocumentRecord, { type: T }> => record?.type === type);
    const ids = new Set(this.#statements.results.all());
    const character = find('character');
    return {
      name: find('project')?.name,
      stage: ids.has('scene') ? 'scene' : ids.has('clip') ? 'clip' : character ? 'character' : 'empty',
      sources: [character?.pictureName, find('motion')?.name].filter((name) => name !== undefined).join(' '),
    };
  }

  /** Writes a change in one transaction: all of it or nothing. The last writer of a record wins. */
  apply(change: PackedChange): void {
    const { put, removed } = checked(change);
    const rows = put.map(rowOf);
    this.#database
      .transaction(() => {
        for (const id of removed) this.#statements.remove.run(id);
        for (const { id, type, json, numbers } of rows) this.#statements.put.run(id, type, json, numbers);
        if ((this.#statements.count.get() ?? 0) > FILE_LIMITS.records) {
          throw new AppError('bad-input', 'The project has more parts than a project file holds; shorten its motion.');
        }
      })
      .immediate();
  }

  #rows(warnings: string[]): readonly RecordRow[] {
    const rows: RecordRow[] = [];
    try {
      for (const row of this.#statements.all.iterate(
        FILE_LIMITS.recordJson,
        FILE_LIMITS.recordNumbers,
        FILE_LIMITS.records + 1,
      )) {
        if (rows.length === FILE_LIMITS.records) {
          warnings.push('The project has more parts than a project file holds; some were left out.');
          break;
        }
        rows.push(row);
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      warnings.push('The project file is damaged; what comes after the damage was left out.');
    }
    return rows;
  }
}

interface RecordRow {
  readonly id: unknown;
  readonly type: unknown;
  /** null: longer than a record is. */
  readonly json: string | null;
  /** Numbers of a pose, 64 bits each, little-endian; null: there are none, or more than a record has. */
  readonly numbers: Buffer | null;
}

function prepare(database: Database) {
  return {
    all: database.prepare<[number, number, number], RecordRow>(
      `SELECT CASE WHEN octet_length(id) < 100 THEN id END AS id, CASE WHEN octet_length(type) < 100 THEN type END AS type,
         CASE WHEN typeof(json) = 'text' AND octet_length(json) <= ? THEN json END AS json,
         CASE WHEN typeof(numbers) = 'blob' AND octet_length(numbers) <= ? THEN numbers END AS numbers
       FROM records LIMIT ?`,
    ),
    heads: database.prepare<[number], RecordRow>(
      `SELECT id, type, CASE WHEN typeof(json) = 'text' AND octet_length(json) <= ? THEN json END AS json, NULL AS numbers
       FROM records WHERE id IN ('project', 'character', 'motion')`,
    ),
    results: database.prepare<[], string>("SELECT id FROM records WHERE id IN ('clip', 'scene')").pluck(),
    put: database.prepare<[string, string, string, Uint8Array | null]>(
      `INSERT INTO records (id, type, json, numbers) VALUES (?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET type = excluded.type, json = excluded.json, numbers = excluded.numbers`,
    ),
    remove: database.prepare<[string]>('DELETE FROM records WHERE id = ?'),
    count: database.prepare<[], number>('SELECT count(*) FROM records').pluck(),
  };
}

function recordIn({ id, type, json, numbers }: RecordRow): DocumentRecord | undefined {
  if (json === null) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const data = numbers ? poseOf(value, numbers) : documentRecord.safeParse(value).data;
  return data?.id === id && data?.type === type ? data : undefined;
}

/** Undefined where it is none. Files of the first version have a pose's numbers within its JSON. */
function poseOf(head: unknown, bytes: Buffer): DocumentRecord | undefined {
  const packed = typeof head === 'object' ? { ...head, numbers: float64(bytes) } : undefined;
  const { data } = packedRecord.safeParse(packed);
  return data && unpackRecord(data);
}

/** In memory of their own, since SQLite's bytes may begin anywhere. A rest of less than a number is of no number. */
const float64 = (bytes: Buffer) => new Float64Array(Uint8Array.from(bytes).buffer, 0, bytes.length >> 3);

function rowOf(record: PackedRecord): Row {
  const { id, type } = record;
  if (type !== 'pose') return { id, type, json: jsonOf(record), numbers: null };
  const { numbers, ...head } = record;
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return { id, type, json: JSON.stringify(head), numbers: bytes };
}

interface Row {
  readonly id: string;
  readonly type: string;
  readonly json: string;
  readonly numbers: Uint8Array | null;
}

const named = ({ id }: RecordRow): string =>
  typeof id === 'string' && /^[\w:]{1,40}$/.test(id) ? id : 'without a name';

/** What every project has and this one lacks. */
function missingBasics(document: ProjectDocument): readonly DocumentRecord[] {
  const missing: DocumentRecord[] = [];
  if (!recordOf(document, 'project')) missing.push({ id: 'project', type: 'project', name: 'Recovered project' });
  if (!recordOf(document, 'settings')) missing.push(DEFAULT_SETTINGS);
  if (!recordOf(document, 'workspace')) missing.push(DEFAULT_WORKSPACE);
  return missing;
}

function shortened(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MOST_WARNINGS) return warnings;
  return [...warnings.slice(0, MOST_WARNINGS), `${warnings.length - MOST_WARNINGS} more parts are damaged.`];
}

/** Whoever hands a change over should have looked at it; the file does not rely on that. */
function checked({ put, removed }: PackedChange): PackedChange {
  if (put.length > FILE_LIMITS.records || removed.length > FILE_LIMITS.records) {
    throw new AppError('bad-input', 'The change has more parts than a project file holds; shorten the motion.');
  }
  const records = put.map((record) => {
    const { data, error } = packedRecord.safeParse(record);
    if (data) return data;
    const [issue] = error.issues;
    const where = [record.id, ...(issue?.path ?? [])].join('.');
    throw new AppError('bad-input', `The change does not fit a project: ${where}: ${issue?.message ?? 'unknown'}.`);
  });
  const ids = [...records.map(({ id }) => id), ...removed];
  if (new Set(ids).size !== ids.length) {
    throw new AppError('bad-input', 'The change names one part of the project twice; undo it and try again.');
  }
  return { put: records, removed };
}

function jsonOf(record: PackedRecord): string {
  const json = JSON.stringify(record);
  if (json.length <= FILE_LIMITS.recordJson) return json;
  throw new AppError('bad-input', `A part of the project (${record.id}) is larger than a project file holds.`);
}
