/**
 * The first shape of the database. Times are Unix ms. Texts that repeat (names of sources, events, mappings, …) live
 * once in `name`; UUIDs and hashes are stored as bytes where that loses nothing. What is large and never changes
 * (bodies, frozen requests) lives apart from what every transition rewrites.
 * Rows end every index with their key, so that what is indexed pages by key without sorting. What every row has, and few
 * values of it, is not indexed but counted per block (`block_count`): an index entry per row and value costs more to write
 * than all the rest of a delivery.
 * Keys of events and deliveries are given out by the process, never twice: `high_water` keeps them above what was deleted.
 */
export const INITIAL = `
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

-- A process life: claims are owned by one.
CREATE TABLE opening (id INTEGER PRIMARY KEY AUTOINCREMENT, opened_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL);

-- Who events are about. Identifiers read tenant/kind:value; prefix is the name of 'tenant/kind:'.
CREATE TABLE member (id INTEGER PRIMARY KEY, value BLOB NOT NULL, prefix INTEGER NOT NULL, UNIQUE (value, prefix));
CREATE TABLE alias (
  member  INTEGER NOT NULL REFERENCES member (id),
  value   BLOB NOT NULL,
  prefix  INTEGER NOT NULL,
  PRIMARY KEY (member, value, prefix)
) WITHOUT ROWID;
CREATE INDEX alias_value ON alias (value, prefix);
CREATE VIEW identifier AS
  SELECT id AS member, value, prefix FROM member UNION ALL SELECT member, value, prefix FROM alias;

CREATE TABLE event (
  id           INTEGER PRIMARY KEY,
  source       INTEGER NOT NULL,
  store_code   INTEGER NOT NULL,
  name         INTEGER NOT NULL,
  member       INTEGER REFERENCES member (id),
  partition    INTEGER NOT NULL,
  message_id   BLOB,
  -- Null with a message id: source, store_code, name and message_id tell repeats then.
  dedupe_key   BLOB,
  status       TEXT NOT NULL,
  code         TEXT,
  clock_ms     INTEGER NOT NULL,
  received_ms  INTEGER NOT NULL,
  duplicates   INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX event_message ON event (message_id, name, source, store_code) WHERE message_id IS NOT NULL;
CREATE INDEX event_dedupe   ON event (dedupe_key) WHERE dedupe_key IS NOT NULL;
CREATE INDEX event_member   ON event (member) WHERE member IS NOT NULL;
CREATE INDEX event_accepted ON event (status) WHERE status = 'accepted';
CREATE TABLE event_body (
  event      INTEGER PRIMARY KEY REFERENCES event (id),
  body       TEXT NOT NULL,
  -- JSON: the version and request id of the signature it came with.
  signature  TEXT
);

-- The text of a mapping, once per version; text and file are null for a version that was never remembered.
CREATE TABLE mapping_version (
  id       INTEGER PRIMARY KEY,
  mapping  INTEGER NOT NULL,
  version  BLOB NOT NULL,
  text     TEXT,
  file     TEXT,
  seen_ms  INTEGER,
  UNIQUE (mapping, version)
);
CREATE TABLE mapping_file (file TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;

-- A lane is (member, destination); pos is the place in it, null for a delivery without a lane.
-- due_ms is also the end of the lease while owner is set, and null when the delivery is final.
-- since_ms: since when it stands where it stands (waiting, pending, final).
-- background: 1 = of a replay, claimed when live ones leave room. share_limit: how many its next call may carry.
CREATE TABLE delivery (
  id           INTEGER PRIMARY KEY,
  event        INTEGER NOT NULL REFERENCES event (id),
  event_name   INTEGER NOT NULL,
  mapping      INTEGER NOT NULL,
  version      INTEGER NOT NULL,
  part         INTEGER NOT NULL,
  run          INTEGER NOT NULL,
  destination  INTEGER NOT NULL,
  endpoint     INTEGER NOT NULL,
  member       INTEGER REFERENCES member (id),
  pos          INTEGER,
  head         INTEGER NOT NULL,
  status       TEXT NOT NULL,
  reason       TEXT,
  code         TEXT,
  due_ms       INTEGER,
  claim_no     INTEGER NOT NULL DEFAULT 0,
  owner        INTEGER,
  retries      INTEGER NOT NULL DEFAULT 0,
  attempts     INTEGER NOT NULL DEFAULT 0,
  background   INTEGER NOT NULL DEFAULT 0,
  share_limit  INTEGER,
  created_ms   INTEGER NOT NULL,
  since_ms     INTEGER NOT NULL,
  detail       TEXT
);
CREATE UNIQUE INDEX delivery_once ON delivery (event, mapping, run, part);
CREATE INDEX delivery_claim   ON delivery (destination, endpoint, background, due_ms)
  WHERE status = 'pending' AND head = 1 AND owner IS NULL;
CREATE INDEX delivery_owned   ON delivery (due_ms) WHERE owner IS NOT NULL;
CREATE INDEX delivery_lane    ON delivery (member, destination, pos) WHERE status = 'pending' AND pos IS NOT NULL;
CREATE INDEX delivery_holding ON delivery (destination, since_ms)
  WHERE status = 'pending' AND head = 1 AND pos IS NOT NULL AND retries > 0;
CREATE INDEX delivery_waiting ON delivery (due_ms) WHERE status = 'waiting';
CREATE INDEX delivery_member  ON delivery (member) WHERE member IS NOT NULL;
CREATE INDEX delivery_code    ON delivery (code) WHERE code IS NOT NULL;
CREATE INDEX delivery_dead    ON delivery (code, mapping, destination, endpoint) WHERE status = 'dead';
-- What was frozen with a delivery: its request, the facts it recalled, the keys that came out empty (JSON arrays).
CREATE TABLE frozen (
  delivery    INTEGER PRIMARY KEY REFERENCES delivery (id),
  request     TEXT,
  lookups     TEXT,
  empty_keys  TEXT
);

CREATE TABLE attempt (
  id              INTEGER PRIMARY KEY,
  delivery        INTEGER NOT NULL REFERENCES delivery (id),
  claim_no        INTEGER NOT NULL,
  started_ms      INTEGER NOT NULL,
  duration_ms     INTEGER NOT NULL,
  verdict         TEXT NOT NULL,
  code            TEXT,
  http_status     INTEGER,
  retry_after_ms  INTEGER,
  detail          TEXT,
  response        TEXT
);
CREATE INDEX attempt_delivery ON attempt (delivery);

-- What events and imports taught; member is whom it was taught about. learned_ms 0 = no event taught it.
CREATE TABLE fact (
  id          INTEGER PRIMARY KEY,
  source      INTEGER NOT NULL,
  store_code  INTEGER NOT NULL,
  kind        INTEGER NOT NULL,
  key         BLOB NOT NULL,
  value       TEXT NOT NULL,
  learned_ms  INTEGER NOT NULL,
  member      INTEGER REFERENCES member (id)
);
CREATE UNIQUE INDEX fact_once ON fact (source, store_code, kind, key);
CREATE INDEX fact_source     ON fact (source);
CREATE INDEX fact_store_code ON fact (store_code);
CREATE INDEX fact_kind       ON fact (kind);
CREATE INDEX fact_key        ON fact (key);
CREATE INDEX fact_member     ON fact (member) WHERE member IS NOT NULL;
-- What waiting deliveries wait for.
CREATE TABLE awaited (
  source      INTEGER NOT NULL,
  store_code  INTEGER NOT NULL,
  kind        INTEGER NOT NULL,
  key         BLOB NOT NULL,
  delivery    INTEGER NOT NULL REFERENCES delivery (id),
  PRIMARY KEY (source, store_code, kind, key, delivery)
) WITHOUT ROWID;
CREATE INDEX awaited_delivery ON awaited (delivery);

-- How far long pieces of work got: written in the transaction of what they did.
CREATE TABLE checkpoint (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE receipt (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, outcome TEXT NOT NULL,
  duration_ms INTEGER NOT NULL, detail TEXT NOT NULL
);

-- Happenings per hour (Unix hours), kept in the transaction they happen in; mapping 0 = of no mapping.
CREATE TABLE counter (
  hour     INTEGER NOT NULL,
  what     TEXT NOT NULL,
  mapping  INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  PRIMARY KEY (hour, what, mapping)
) WITHOUT ROWID;
CREATE TABLE unmatched (
  source         INTEGER NOT NULL,
  name           INTEGER NOT NULL,
  n              INTEGER NOT NULL,
  first_seen_ms  INTEGER NOT NULL,
  last_seen_ms   INTEGER NOT NULL,
  PRIMARY KEY (source, name)
) WITHOUT ROWID;

-- Between which times the rows of a block (1,024 keys of a log) came: turns a time filter into a range of keys.
CREATE TABLE time_block (
  log     TEXT NOT NULL,
  block   INTEGER NOT NULL,
  min_ms  INTEGER NOT NULL,
  max_ms  INTEGER NOT NULL,
  PRIMARY KEY (log, block)
) WITHOUT ROWID;
-- What rows of a block have. n: how many have the status, or the mapping and status, now; of all else 1 = some has or had it.
CREATE TABLE block_count (
  log    TEXT NOT NULL,
  what   TEXT NOT NULL,
  value  INTEGER NOT NULL,
  block  INTEGER NOT NULL,
  n      INTEGER NOT NULL,
  PRIMARY KEY (log, what, value, block)
) WITHOUT ROWID;

-- The next key of a table that gives none out twice.
CREATE TABLE high_water (log TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;

-- Times in which nothing is sent to a destination, or to one endpoint of it; until_ms null = it goes on.
CREATE TABLE pause (
  id           INTEGER PRIMARY KEY,
  destination  TEXT NOT NULL,
  endpoint     TEXT,
  cause        TEXT NOT NULL,
  detail       TEXT NOT NULL,
  since_ms     INTEGER NOT NULL,
  until_ms     INTEGER
);

-- selection is JSON; mapping: the only one that is run. Keys beyond position, up to last_key, are still to be looked at.
CREATE TABLE replay (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  mode         TEXT NOT NULL,
  selection    TEXT NOT NULL,
  mapping      TEXT,
  rate         REAL,
  status       TEXT NOT NULL,
  created_ms   INTEGER NOT NULL,
  changed_ms   INTEGER NOT NULL,
  last_key     INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  total        INTEGER NOT NULL,
  looked       INTEGER NOT NULL,
  replayed     INTEGER NOT NULL,
  changed      INTEGER NOT NULL,
  unchanged    INTEGER NOT NULL,
  canceled     INTEGER NOT NULL,
  refused      INTEGER NOT NULL
);
CREATE INDEX replay_running ON replay (status) WHERE status IN ('running', 'paused');

-- What makes a late repeat of an erased event known, and who was forgotten when: hashes only.
CREATE TABLE erased_event (dedupe_hash BLOB PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE forget_receipt (
  id      INTEGER PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  salt    BLOB NOT NULL,
  hash    BLOB NOT NULL,
  detail  TEXT NOT NULL
);
`;
