/** The tables of a ledger, in standard SQL. */

/** The statements that create the tables, each of which can be run again. */
export const schema: ReadonlyArray<string> = [
  `CREATE TABLE IF NOT EXISTS sightline_jobs (
    id TEXT PRIMARY KEY,
    form TEXT NOT NULL,
    source TEXT NOT NULL,
    settings TEXT NOT NULL,
    state TEXT NOT NULL,
    listed INTEGER NOT NULL DEFAULT 0,
    list_cursor TEXT,
    inputs INTEGER NOT NULL DEFAULT 0,
    units INTEGER NOT NULL DEFAULT 0,
    open_units INTEGER NOT NULL DEFAULT 0,
    seq INTEGER NOT NULL DEFAULT 0,
    settled INTEGER NOT NULL DEFAULT 0,
    succeeded INTEGER NOT NULL DEFAULT 0,
    maybe_paid INTEGER NOT NULL DEFAULT 0,
    poison INTEGER NOT NULL DEFAULT 0,
    calls INTEGER NOT NULL DEFAULT 0,
    usd DOUBLE PRECISION NOT NULL DEFAULT 0,
    next_call_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
    created_ms DOUBLE PRECISION NOT NULL,
    started_ms DOUBLE PRECISION,
    worked_ms DOUBLE PRECISION NOT NULL DEFAULT 0,
    active_ms DOUBLE PRECISION,
    changed_ms DOUBLE PRECISION NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS sightline_units (
    job TEXT NOT NULL,
    unit INTEGER NOT NULL,
    first INTEGER NOT NULL,
    size INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    claims INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    slot INTEGER,
    sent INTEGER,
    trying INTEGER,
    PRIMARY KEY (job, unit)
  )`,
  // apart from the units, whose rows are written again three times: these have kilobytes and never change
  `CREATE TABLE IF NOT EXISTS sightline_references (
    job TEXT NOT NULL,
    unit INTEGER NOT NULL,
    refs TEXT NOT NULL,
    PRIMARY KEY (job, unit)
  )`,
  `CREATE INDEX IF NOT EXISTS sightline_units_ready ON sightline_units (job, unit) WHERE state = 0`,
  `CREATE INDEX IF NOT EXISTS sightline_units_leased ON sightline_units (worker) WHERE state = 1`,
  `CREATE TABLE IF NOT EXISTS sightline_outcomes (
    job TEXT NOT NULL,
    idx INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (job, idx)
  )`,
  `CREATE UNIQUE INDEX IF NOT EXISTS sightline_outcomes_seq ON sightline_outcomes (job, seq)`,
  `CREATE TABLE IF NOT EXISTS sightline_workers (id TEXT PRIMARY KEY, beat INTEGER NOT NULL)`
]
