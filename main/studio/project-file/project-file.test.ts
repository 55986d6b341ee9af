import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  DEFAULT_SETTINGS,
  type DocumentDiff,
  type DocumentRecord,
  type PoseRecord,
} from '../../../core/document/document.ts';
import { AppError } from '../../../core/errors.ts';
import { temporaryFolder } from '../../../test/helpers/temporary-folder.ts';
import { openDatabase } from '../database/open-database.ts';
import { PROJECT_FILE } from './kind.ts';
import { ProjectFile } from './project-file.ts';

const pose = (frame: number, x = 1): PoseRecord => ({
  ...{ id: `pose:${frame}`, type: 'pose', frame, keypoints: [x, 2, 0.5] },
  ...{ depths: null, original: null, keys: [], hidden: [] },
});
const adding = (...added: readonly DocumentRecord[]): DocumentDiff => ({ added, updated: [], removed: [] });
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Bytes that differ from place to place, so that chunks in a wrong order are seen. */
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 12)) & 255);

async function newFile(): Promise<ProjectFile> {
  const file = ProjectFile.create(join(await temporaryFolder(), 'a.cshot'), 'Knight');
  onTestFinished(() => {
    file.close();
  });
  return file;
}

const opened = (path: string): ProjectFile => {
  const file = ProjectFile.open(path);
  onTestFinished(() => {
    file.close();
  });
  return file;
};

const refusal = (use: () => unknown): AppError => {
  try {
    use();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

/** Changes a closed project file as a hostile or broken program would. */
function tamper(path: string, sql: string): void {
  const database = new Database(path);
  database.unsafeMode();
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

const picture = (mask: string | null = null): DocumentRecord => ({
  ...{ id: 'character', type: 'character', picture: 'ab'.repeat(32), pictureName: 'hero.png', width: 8, height: 8 },
  ...{ mask, restPose: null, views: null },
});

describe('the document', () => {
  it('is there again after closing, the last writer of a record winning', async () => {
    const file = await newFile();
    file.apply(adding(pose(0), pose(1)));
    file.apply({ added: [], updated: [[pose(0), pose(0, 7)]], removed: [pose(1)] });
    file.close();
    const again = opened(file.path);
    const { document, warnings } = again.records();
    expect(warnings).toEqual([]);
    expect([...document.keys()].sort()).toEqual(['pose:0', 'project', 'settings', 'workspace']);
    expect(document.get('pose:0')).toEqual(pose(0, 7));
    expect(again.id).toBe(file.id);
    expect(again.outline()).toEqual({ name: 'Knight', stage: 'empty', sources: '' });
  });

  it('takes all of a change or nothing', async () => {
    const file = await newFile();
    const bad = { ...pose(1), keypoints: [NaN, 0, 0] };
    expect(
      refusal(() => {
        file.apply(adding(pose(0), bad));
      }).code,
    ).toBe('bad-input');
    expect(
      refusal(() => {
        file.apply({ ...adding(pose(0)), removed: [pose(0)] });
      }).message,
    ).toContain('twice');
    expect(file.records().document.size).toBe(3);
  });

  it.each([
    ['no JSON', "UPDATE records SET json = '{' WHERE id = 'pose:0'"],
    ['another id', `UPDATE records SET json = replace(json, '"frame":0', '"frame":9') WHERE id = 'pose:0'`],
    ['an unknown type', "UPDATE records SET type = 'trigger' WHERE id = 'pose:0'"],
    ['a poisoned prototype', `UPDATE records SET json = '{"__proto__":{"x":1}}' WHERE id = 'pose:0'`],
    ['giant JSON', "UPDATE records SET json = '[' || hex(zeroblob(5000000)) WHERE id = 'pose:0'"],
    ['deep JSON', "UPDATE records SET json = replace(hex(zeroblob(1000000)), '0', '[') WHERE id = 'pose:0'"],
  ])('a record with %s is left out with a warning', async (_, sql) => {
    const file = await newFile();
    file.apply(adding(pose(0), pose(1)));
    file.close();
    tamper(file.path, sql);
    const { document, warnings } = opened(file.path).records();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('pose:0');
    expect(document.has('pose:0')).toBe(false);
    expect(document.get('pose:1')).toEqual(pose(1));
  });

  it.each([
    ['numbers of another pose', 'UPDATE records SET numbers = zeroblob(48)'],
    ['half a number', 'UPDATE records SET numbers = zeroblob(23)'],
    ['a number that is none', "UPDATE records SET numbers = CAST(zeroblob(16) || x'000000000000f87f' AS BLOB)"],
    ['no numbers', 'UPDATE records SET numbers = NULL'],
    ['giant numbers', 'UPDATE records SET numbers = zeroblob(50000000)'],
    [
      'numbers within its JSON',
      `UPDATE records SET numbers = NULL, json = replace(json, '"keys"', '"numbers":[1,2,0.5],"keys"')`,
    ],
  ])('a pose with %s is left out with a warning', async (_, sql) => {
    const file = await newFile();
    file.apply(adding({ ...pose(0), depths: [null] }, pose(1)));
    file.close();
    tamper(file.path, `${sql} WHERE id = 'pose:1'`);
    const { document, warnings } = opened(file.path).records();
    expect(warnings).toEqual([expect.stringContaining('pose:1')]);
    expect(document.get('pose:0')).toEqual({ ...pose(0), depths: [null] });
    expect(document.has('pose:1')).toBe(false);
  });

  it('of a file of the first version is read, and written in the new way', async () => {
    const path = join(await temporaryFolder(), 'old.cshot');
    const old = openDatabase(
      path,
      { ...PROJECT_FILE, migrations: PROJECT_FILE.migrations.slice(0, 1) },
      { create: true },
    );
    old.prepare("INSERT INTO meta VALUES ('id', ?)").run('6f1f2c1e-6a52-4b56-9d5c-0f3a4d9d2f10');
    const put = old.prepare('INSERT INTO records VALUES (?, ?, ?)');
    for (const record of [pose(0), { ...pose(1), depths: [null] }]) put.run(record.id, 'pose', JSON.stringify(record));
    old.close();
    const file = opened(path);
    file.apply({ added: [], updated: [[pose(0), pose(0, 7)]], removed: [] });
    const { document } = file.records();
    expect(document.get('pose:0')).toEqual(pose(0, 7));
    expect(document.get('pose:1')).toEqual({ ...pose(1), depths: [null] });
  });

  it('what every project has is put in its place where it is missing', async () => {
    const file = await newFile();
    file.close();
    tamper(file.path, 'DELETE FROM records');
    const { document, warnings } = opened(file.path).records();
    expect(document.get('settings')).toEqual(DEFAULT_SETTINGS);
    expect(warnings).toHaveLength(3);
  });

  it('an asset that is named and not there is told', async () => {
    const file = await newFile();
    file.apply(adding(picture()));
    expect(file.records().warnings).toEqual([
      '1 pictures, videos or scenes that the project names are not in its file.',
    ]);
  });
});

describe('assets', () => {
  it.each([0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2_500_000])(
    'of %i bytes come back as they were',
    async (size) => {
      const file = await newFile();
      const bytes = bytesOf(size);
      const id = file.addAsset(bytes);
      expect(id).toBe(sha(bytes));
      expect(Buffer.compare(file.asset(id), bytes)).toBe(0);
      expect(file.addAsset(bytes)).toBe(id);
      const path = join(file.path, '../out.bin');
      await file.writeAssetTo(id, path);
      expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
      expect(await file.addAssetFile(path)).toBe(id);
    },
  );

  it('are read in ranges', async () => {
    const file = await newFile();
    const bytes = bytesOf(3_000_000);
    const id = file.addAsset(bytes);
    for (const [start, end] of [
      [0, 10],
      [1_048_570, 1_048_590],
      [2_999_990, 3_000_000],
      [5, 2_999_995],
      [7, 7],
    ] as const) {
      const pieces: Uint8Array[] = [];
      for await (const piece of file.readAsset(id, { start, end })) pieces.push(piece);
      expect(Buffer.compare(Buffer.concat(pieces), bytes.subarray(start, end))).toBe(0);
    }
  });

  it('that are damaged are refused by both ways of reading', async () => {
    const file = await newFile();
    const id = file.addAsset(bytesOf(1_500_000));
    file.close();
    tamper(file.path, 'UPDATE asset_chunks SET data = zeroblob(1048576) WHERE n = 0');
    const again = opened(file.path);
    expect(refusal(() => again.asset(id)).message).toContain('is damaged');
    await expect(again.readAsset(id).next()).rejects.toThrow('is damaged');
  });

  it('whose chunk is larger than any is refused unread', async () => {
    const file = await newFile();
    const id = file.addAsset(bytesOf(10));
    file.close();
    tamper(file.path, 'UPDATE asset_chunks SET data = zeroblob(50000000); UPDATE assets SET size = 50000000');
    expect(refusal(() => opened(file.path).asset(id)).code).toBe('bad-input');
  });

  it('of absurd size are refused without reserving memory', async () => {
    const file = await newFile();
    const id = file.addAsset(bytesOf(10));
    file.close();
    tamper(file.path, 'UPDATE assets SET size = 9000000000000');
    expect(refusal(() => opened(file.path).asset(id)).code).toBe('failed');
  });

  it('are erased when no record names them and they are old enough', async () => {
    const file = await newFile();
    const [kept, lost] = [file.addAsset(bytesOf(3_000_000)), file.addAsset(bytesOf(4_000_000))];
    file.apply(adding(picture(kept)));
    await file.save();
    const before = file.size();
    expect(await file.collectGarbage(new Date(Date.now() - 60_000))).toBe(0);
    expect(await file.collectGarbage(new Date(Date.now() + 1000))).toBe(4_000_000);
    await file.save();
    expect([file.hasAsset(kept), file.hasAsset(lost)]).toEqual([true, false]);
    expect(file.size()).toBeLessThan(before - 3_500_000);
    expect(file.asset(kept).length).toBe(3_000_000);
  });

  it('are not collected while a record cannot be read, which may name them', async () => {
    const file = await newFile();
    const id = file.addAsset(bytesOf(100));
    file.apply(adding(pose(0)));
    file.close();
    tamper(file.path, "UPDATE records SET json = '' WHERE id = 'pose:0'");
    const again = opened(file.path);
    expect(await again.collectGarbage(new Date(Date.now() + 1000))).toBe(0);
    expect(again.hasAsset(id)).toBe(true);
  });

  it('of a stopped import leave nothing', async () => {
    const file = await newFile();
    const path = join(file.path, '../in.bin');
    await writeFile(path, bytesOf(3_000_000));
    await expect(file.addAssetFile(path, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(file.hasAsset(sha(bytesOf(3_000_000)))).toBe(false);
    expect(await file.collectGarbage(new Date(Date.now() + 1000))).toBe(0);
  });

  it.each(['../../etc/passwd', "' OR 1=1 --", 'partial:x', 'A'.repeat(64), ''])('the id %j names none', async (id) => {
    const file = await newFile();
    expect(refusal(() => file.asset(id)).code).toBe('not-found');
  });
});

describe('the file', () => {
  it('is complete by itself after saving, and after closing alone', async () => {
    const file = await newFile();
    file.apply(adding(pose(0)));
    await file.save();
    const copy = join(file.path, '../moved/b.cshot');
    await mkdir(join(file.path, '../moved'));
    await writeFile(copy, await readFile(file.path));
    expect(opened(copy).records().document.has('pose:0')).toBe(true);
    file.close();
    expect((await readdir(join(file.path, '..'))).filter((name) => name.startsWith('a.cshot'))).toEqual(['a.cshot']);
  });

  it('is copied as it is at that moment, while it changes', async () => {
    const file = await newFile();
    const id = file.addAsset(bytesOf(5_000_000));
    file.apply(adding(pose(0)));
    const path = join(file.path, '../copy.cshot');
    const copying = file.copyTo(path, { newId: true });
    file.apply(adding(pose(1)));
    expect(await copying).toEqual([]);
    const copy = opened(path);
    expect(copy.id).not.toBe(file.id);
    expect(Buffer.compare(copy.asset(id), bytesOf(5_000_000))).toBe(0);
    expect(file.records().document.has('pose:1')).toBe(true);
  });

  it('takes the place of another with what lay beside that', async () => {
    const file = await newFile();
    const path = join(file.path, '../old.cshot');
    await writeFile(path, 'old');
    await writeFile(`${path}-wal`, 'old log');
    await file.copyTo(path);
    expect(opened(path).id).toBe(file.id);
    expect(refusalOf(await file.copyTo(path).catch((error: unknown) => error))).toContain('is an open project');
  });

  it('of which the document is damaged is read, not written, and saved as a sound one', async () => {
    const file = await newFile();
    const id = file.addAsset(bytesOf(100));
    file.apply(adding(pose(0), pose(1)));
    file.close();
    damageThumbnails(file.path);
    const damaged = opened(file.path);
    expect(damaged.damaged).toBe(true);
    expect(damaged.records().warnings[0]).toContain('save it as a new file');
    expect(
      refusal(() => {
        damaged.apply(adding(pose(2)));
      }).message,
    ).toContain('only read');
    const path = join(file.path, '../sound.cshot');
    await damaged.copyTo(path, { newId: true });
    const sound = opened(path);
    expect(sound.damaged).toBe(false);
    expect(sound.asset(id).length).toBe(100);
    sound.apply(adding(pose(5)));
  });

  it('that is erased while it is open takes no change into nowhere, and can be saved as another', async () => {
    const file = await newFile();
    file.apply(adding(pose(0)));
    await rm(file.path);
    const { code, message } = refusal(() => {
      file.apply(adding(pose(1)));
    });
    expect([code, message.includes('save the project as a new file')]).toEqual(['unwritable', true]);
    const path = join(file.path, '../rescued.cshot');
    await file.copyTo(path);
    expect(opened(path).records().document.has('pose:0')).toBe(true);
  });

  it('keeps thumbnails, and only what is one', async () => {
    const file = await newFile();
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000100000001008060000001ff3ff61', 'hex');
    file.setThumbnail(0, png);
    file.setThumbnail(2, png);
    expect(file.thumbnails()).toBe(1);
    expect(file.thumbnail(0)).toEqual(png);
    expect(file.thumbnail(1)).toBeUndefined();
    const wide = Buffer.from(png);
    wide.writeUInt32BE(513, 16);
    expect(
      refusal(() => {
        file.setThumbnail(0, wide);
      }).code,
    ).toBe('bad-input');
    expect(
      refusal(() => {
        file.setThumbnail(24, png);
      }).code,
    ).toBe('bad-input');
    expect(
      refusal(() => {
        file.setThumbnail(0, Buffer.from('<svg onload=alert(1)>'.padEnd(40)));
      }).code,
    ).toBe('bad-input');
  });
});

describe('what is refused with one sentence', () => {
  it.each<[string, (path: string) => unknown]>([
    ['a picture', (path: string) => writeFile(path, Buffer.from('89504e470d0a1a0a'.padEnd(4000, '0'), 'hex'))],
    ['an empty file', (path: string) => writeFile(path, '')],
    ['a folder', (path: string) => mkdir(path)],
    ['a link', (path: string) => symlink('/etc/hostname', path)],
    ['a device', (path: string) => symlink('/dev/zero', path)],
    [
      'another SQLite file',
      (path: string) => {
        tamper(path, 'CREATE TABLE meta (a)');
      },
    ],
    [
      'its id without its tables',
      (path: string) => {
        tamper(path, `PRAGMA application_id = ${PROJECT_FILE.applicationId}; PRAGMA user_version = 1`);
      },
    ],
    [
      'our id and a negative version',
      (path: string) => {
        tamper(path, `PRAGMA application_id = ${PROJECT_FILE.applicationId}; PRAGMA user_version = -1`);
      },
    ],
  ])('%s', async (_, make) => {
    const path = join(await temporaryFolder(), 'x.cshot');
    await make(path);
    const { code, message } = refusal(() => ProjectFile.open(path));
    expect(code).toBe('bad-input');
    expect(message).toContain(path);
  });

  it.each([
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON records BEGIN DELETE FROM assets; END'],
    ['a view', 'CREATE VIEW v AS SELECT * FROM records'],
    [
      'a view in place of a table',
      'DROP TABLE thumbnails; CREATE VIEW thumbnails AS SELECT 1 AS n, zeroblob(9) AS picture',
    ],
    ['a virtual table', 'CREATE VIRTUAL TABLE words USING fts5 (x)'],
    ['an index on an expression', 'CREATE INDEX i ON records (json(json))'],
    ['another column', 'ALTER TABLE records ADD COLUMN x TEXT GENERATED ALWAYS AS (json(json)) VIRTUAL'],
    [
      'a check',
      'DROP TABLE thumbnails; CREATE TABLE thumbnails (n INTEGER PRIMARY KEY, picture BLOB NOT NULL CHECK (randomblob(900000000) IS NULL)) STRICT',
    ],
    ['a further table', 'CREATE TABLE more (x)'],
    ['statistics', 'ANALYZE'],
    ['another list of migrations', "UPDATE migrations SET name = 'x'"],
    ['no list of migrations', 'DELETE FROM migrations'],
    ['no id', 'DELETE FROM meta'],
    ['an id that is a path', "UPDATE meta SET value = '../../x'"],
  ])('a project file with %s', async (_, sql) => {
    const file = await newFile();
    file.close();
    tamper(file.path, sql);
    expect(refusal(() => ProjectFile.open(file.path)).code).toBe('bad-input');
  });

  it('a file of a newer version', async () => {
    const file = await newFile();
    file.close();
    tamper(file.path, 'PRAGMA user_version = 99');
    expect(refusal(() => ProjectFile.open(file.path)).code).toBe('newer-version');
  });

  it('a file beside which a journal lies, which SQLite would play back', async () => {
    const file = await newFile();
    file.close();
    await writeFile(`${file.path}-journal`, 'x');
    expect(refusal(() => ProjectFile.open(file.path)).message).toContain('journal');
  });

  it('a log that is a link, which SQLite would write through', async () => {
    const file = await newFile();
    file.close();
    const victim = join(file.path, '../victim.txt');
    await writeFile(victim, 'precious');
    await symlink(victim, `${file.path}-wal`);
    expect(refusal(() => ProjectFile.open(file.path)).message).toContain('-wal');
    expect(await readFile(victim, 'utf8')).toBe('precious');
  });

  it('a place that is taken', async () => {
    const file = await newFile();
    expect(refusal(() => ProjectFile.create(file.path, 'Other')).code).toBe('unwritable');
  });

  it('a call after closing', async () => {
    const file = await newFile();
    file.close();
    expect(refusal(() => file.records()).message).toContain('is closed');
  });
});

const refusalOf = (error: unknown): string =>
  error instanceof AppError ? error.message : `no refusal: ${String(error)}`;

/** Puts a number where the table's type asks for bytes, which `quick_check` sees. */
function damageThumbnails(path: string): void {
  tamper(
    path,
    `PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'thumbnails';
     PRAGMA writable_schema = RESET;
     INSERT INTO thumbnails (n, picture) VALUES (3, 5);
     PRAGMA writable_schema = ON;
     UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'thumbnails';
     PRAGMA writable_schema = OFF`,
  );
}
