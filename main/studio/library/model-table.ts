import type { Database } from 'better-sqlite3';
import type { Model } from '../../../preload/contract/models.ts';

/** A model as it is kept; whether its folder is there is looked up when asked. */
export type StoredModel = Omit<Model, 'missing'>;

/** The published checkpoints that the library knows. */
export class ModelTable {
  readonly #statements;
  readonly #onWrite: () => void;

  /** `onWrite` is told of every commit. */
  constructor(database: Database, onWrite: () => void) {
    this.#statements = prepare(database);
    this.#onWrite = onWrite;
  }

  /** By name. */
  list(): readonly StoredModel[] {
    return this.#statements.all.all().map(({ check, ...model }) => ({ ...model, check: checkIn(check) }));
  }

  get(id: string): StoredModel | undefined {
    return this.list().find((model) => model.id === id);
  }

  /** Adds a model or replaces it. Throws where another model has the same folder. */
  put({ id, folder, name, kind, size, check }: StoredModel): void {
    this.#statements.put.run(id, folder, name, kind, size, check && JSON.stringify(check));
    this.#onWrite();
  }

  remove(id: string): void {
    this.#statements.remove.run(id);
    this.#onWrite();
  }
}

interface ModelRow extends Omit<StoredModel, 'check'> {
  readonly check: string | null;
}

function prepare(database: Database) {
  return {
    all: database.prepare<[], ModelRow>(
      'SELECT id, folder, name, kind, size, "check" FROM models ORDER BY name, folder',
    ),
    put: database.prepare<[string, string, string, string, number, string | null]>(
      `INSERT INTO models (id, folder, name, kind, size, "check") VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET folder = excluded.folder, name = excluded.name, kind = excluded.kind,
         size = excluded.size, "check" = excluded."check"`,
    ),
    remove: database.prepare<[string]>('DELETE FROM models WHERE id = ?'),
  };
}

const checkIn = (json: string | null): StoredModel['check'] =>
  json === null ? null : (JSON.parse(json) as StoredModel['check']);
