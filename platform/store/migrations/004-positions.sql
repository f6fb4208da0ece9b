-- How far each reader has come, beside what it wrote: a copy of the store that is put back goes on from where the copy was made.
CREATE TABLE IF NOT EXISTS positions /* ON CLUSTER */
(
    reader LowCardinality(String) COMMENT 'topic that is read',
    partition UInt32,
    part String COMMENT 'empty: the position itself; else a part of what it remembers',
    offset UInt64 COMMENT 'the next one to read',
    memory String COMMENT 'what reading on from there needs to know' CODEC(ZSTD),
    writer String COMMENT 'the process',
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (reader, partition, part)
TTL toDateTime(at) + INTERVAL 7 DAY DELETE WHERE part != ''
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
