/** Folder `store`: the SQLite index, the media files and their downloads. This file is the schema and its migrations. */
import { StatusCode } from "@sightline/core/status"
import type { Database } from "./database.ts"
import { urlKey, withoutSignature } from "./signed-url.ts"

/**
 * Each migration takes a database one version further; `PRAGMA user_version` is how many have been applied. Never change
 * one that was released: add another.
 *
 * Pending work is a state, not a second table: an input in 30001 waits to be processed, a version in 21103 to be trained,
 * an evaluation in 21303 to be run. So the queue and the states that callers see cannot disagree.
 */
export const migrations: ReadonlyArray<(db: Database) => void> = [
  (db) =>
    db.script(`
  CREATE TABLE concepts (
    app TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL DEFAULT 'en',
    definition TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL,
    PRIMARY KEY (app, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE concept_languages (
    app TEXT NOT NULL, concept TEXT NOT NULL, language TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL,
    PRIMARY KEY (app, concept, language),
    FOREIGN KEY (app, concept) REFERENCES concepts (app, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE media (
    hash TEXT PRIMARY KEY, type TEXT NOT NULL, size INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE inputs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    url TEXT, hash TEXT REFERENCES media (hash), raw TEXT,
    data TEXT NOT NULL, info TEXT NOT NULL DEFAULT '{}',
    status INTEGER NOT NULL, details TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
    job TEXT, created_at TEXT NOT NULL, modified_at TEXT NOT NULL,
    UNIQUE (app, id)
  ) STRICT;
  CREATE INDEX inputs_by_url ON inputs (app, url) WHERE url IS NOT NULL;
  CREATE INDEX inputs_by_hash ON inputs (hash) WHERE hash IS NOT NULL;
  CREATE INDEX inputs_by_app ON inputs (app); -- in order of seq, which every index ends with
  CREATE INDEX inputs_by_status ON inputs (app, status);
  CREATE INDEX inputs_by_job ON inputs (app, job) WHERE job IS NOT NULL;
  CREATE INDEX inputs_waiting ON inputs (seq) WHERE status IN (${StatusCode.INPUT_PENDING}, ${StatusCode.INPUT_IN_PROGRESS});
  CREATE TABLE annotations (
    input INTEGER NOT NULL REFERENCES inputs (seq) ON DELETE CASCADE,
    app TEXT NOT NULL, concept TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (input, concept),
    FOREIGN KEY (app, concept) REFERENCES concepts (app, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX annotations_by_concept ON annotations (app, concept, input);
  CREATE TABLE embeddings (
    hash TEXT NOT NULL REFERENCES media (hash) ON DELETE CASCADE, embedder TEXT NOT NULL,
    vector BLOB NOT NULL, mirrored BLOB,
    PRIMARY KEY (hash, embedder)
  ) STRICT;
  CREATE TABLE models (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    exclusive INTEGER NOT NULL, closed INTEGER NOT NULL, extra TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL, modified_at TEXT NOT NULL,
    UNIQUE (app, id)
  ) STRICT;
  CREATE TABLE model_concepts (
    model INTEGER NOT NULL REFERENCES models (seq) ON DELETE CASCADE,
    app TEXT NOT NULL, concept TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (model, concept),
    FOREIGN KEY (app, concept) REFERENCES concepts (app, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE versions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    model INTEGER NOT NULL REFERENCES models (seq) ON DELETE CASCADE,
    id TEXT NOT NULL UNIQUE, status INTEGER NOT NULL, details TEXT NOT NULL DEFAULT '',
    percent INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
    plan TEXT NOT NULL, concepts TEXT NOT NULL DEFAULT '[]',
    input_count INTEGER NOT NULL DEFAULT 0, embedder TEXT, head BLOB, description TEXT NOT NULL DEFAULT '',
    metrics_status INTEGER NOT NULL DEFAULT ${StatusCode.MODEL_NOT_EVALUATED}, metrics_details TEXT NOT NULL DEFAULT '', metrics TEXT,
    created_at TEXT NOT NULL, modified_at TEXT NOT NULL, completed_at TEXT,
    CHECK (status <> ${StatusCode.MODEL_TRAINED} OR head IS NOT NULL)
  ) STRICT;
  CREATE INDEX versions_by_model ON versions (model, seq);
  CREATE INDEX versions_waiting ON versions (seq) WHERE status IN (${StatusCode.MODEL_QUEUED_FOR_TRAINING}, ${StatusCode.MODEL_TRAINING});
  CREATE INDEX metrics_waiting ON versions (seq) WHERE metrics_status IN (${StatusCode.MODEL_QUEUED_FOR_EVALUATION}, ${StatusCode.MODEL_EVALUATING});
  CREATE TABLE version_inputs (
    version INTEGER NOT NULL REFERENCES versions (seq) ON DELETE CASCADE,
    input INTEGER NOT NULL REFERENCES inputs (seq) ON DELETE CASCADE,
    PRIMARY KEY (version, input)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE evaluations (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL REFERENCES versions (seq) ON DELETE CASCADE,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE workflows (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    app TEXT NOT NULL, id TEXT NOT NULL, nodes TEXT NOT NULL, extra TEXT NOT NULL DEFAULT '{}',
    created_at TEXT NOT NULL, modified_at TEXT NOT NULL,
    UNIQUE (app, id)
  ) STRICT;
  `),
  // Signed URLs are not stored; a folder knows its generation; a listing continues after an input that was deleted.
  (db) => {
    db.script(`
  ALTER TABLE inputs ADD COLUMN url_key TEXT;
  DROP INDEX inputs_by_url;
  CREATE INDEX inputs_by_url ON inputs (app, url_key) WHERE url_key IS NOT NULL;
  CREATE TABLE folder (
    id INTEGER PRIMARY KEY CHECK (id = 1), generation TEXT NOT NULL, revision INTEGER NOT NULL, changed_at TEXT NOT NULL
  ) STRICT;
  INSERT INTO folder (id, generation, revision, changed_at) VALUES (1, '', 0, '');
  CREATE TABLE kept_media (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE dropped_media (hash TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE deleted_inputs (
    app TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, deleted_at INTEGER NOT NULL,
    PRIMARY KEY (app, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deleted_inputs_by_age ON deleted_inputs (deleted_at);
  `)
    const rows = db.all<{ readonly seq: number; readonly url: string }>(
      "SELECT seq, url FROM inputs WHERE url IS NOT NULL"
    )
    for (const { seq, url } of rows)
      db.run("UPDATE inputs SET url = ?, url_key = ? WHERE seq = ?", withoutSignature(url), urlKey(url), seq)
  }
]

/** How many migrations have been applied. */
export const schemaVersion = (db: Database): number =>
  db.get<{ readonly user_version: number }>("PRAGMA user_version")?.user_version ?? 0

/** Applies the missing migrations, each in its own transaction. */
export const migrate = (db: Database): void => {
  for (let version = schemaVersion(db); version < migrations.length; version++) {
    db.transaction(() => {
      migrations[version]?.(db)
      db.script(`PRAGMA user_version = ${version + 1}`)
    })
  }
}
