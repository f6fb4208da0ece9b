-- The journal: an incident's state is a fold of its lines in the order of their offsets.
CREATE TABLE IF NOT EXISTS incidents /* ON CLUSTER */
(
    incident String,
    offset UInt64 COMMENT 'of the line in topic incidents',
    at DateTime64(3, 'UTC'),
    kind LowCardinality(String) COMMENT 'opened, intended, sent, failed, acknowledged, ...',
    writer String COMMENT 'the alerting process',
    line String COMMENT 'the whole line as JSON' CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
ORDER BY (incident, offset)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- What people and tools mark on the charts: deploys, sales, notes.
CREATE TABLE IF NOT EXISTS annotations /* ON CLUSTER */
(
    at DateTime64(3, 'UTC'),
    id String,
    until Nullable(DateTime64(3, 'UTC')) COMMENT 'null: a moment',
    kind LowCardinality(String) COMMENT 'deploy, note, ...',
    text String CODEC(ZSTD),
    writer String COMMENT 'a person, or the name of a key',
    written DateTime64(3, 'UTC') COMMENT 'the newest writing of an id stands',
    removed UInt8 DEFAULT 0
)
ENGINE = ReplacingMergeTree(written)
ORDER BY (at, id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
