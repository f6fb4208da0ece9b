-- The records of topic counts: whole for their block of offsets as of `to`. Equal (series, second, partition, block) merge by the
-- higher `to`; a second is the sum of its blocks and partitions. One row of partition -1 a second says what was known when it
-- closed: of several the first in the log stands, so `to` counts down there.
CREATE TABLE IF NOT EXISTS rates /* ON CLUSTER */
(
    series LowCardinality(String) COMMENT 'metric~hash of what is counted',
    second DateTime('UTC') CODEC(DoubleDelta, ZSTD),
    partition Int32 COMMENT 'of topic events; -1: the row of the closing' CODEC(ZSTD),
    block UInt64 CODEC(ZSTD),
    to UInt64 COMMENT 'the first offset not counted in here' CODEC(Delta, ZSTD),
    n UInt64 COMMENT 'events' CODEC(ZSTD),
    sum Float64 COMMENT 'of their values' CODEC(ZSTD),
    lost UInt64 COMMENT 'told by producers as discarded' CODEC(ZSTD),
    closed Nullable(Float64) COMMENT 'known at closing: events, or the sum of a metric with a value; null where blind' CODEC(ZSTD),
    state LowCardinality(String) COMMENT 'what the detector found'
)
ENGINE = ReplacingMergeTree(to)
PARTITION BY toYYYYMM(second)
ORDER BY (series, second, partition, block)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
