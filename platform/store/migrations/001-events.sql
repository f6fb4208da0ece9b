-- Each event once, as it was counted: a row is known by its place in the event log, so writing it again changes nothing.
CREATE TABLE IF NOT EXISTS events /* ON CLUSTER */
(
    type LowCardinality(String) COMMENT 'like order.placed',
    time DateTime64(3, 'UTC') COMMENT 'as taken by the app, its skew taken off' CODEC(Delta, ZSTD),
    source String COMMENT 'producer, or source of a CloudEvent' CODEC(ZSTD),
    seq UInt64 COMMENT 'of the producer''s batch' CODEC(Delta, ZSTD),
    nth UInt32 COMMENT 'place in its record, from 0' CODEC(Delta, ZSTD),
    foreign_id String COMMENT 'id of an event that came in no batch' CODEC(ZSTD),
    data String COMMENT 'a flat JSON object, or empty' CODEC(ZSTD),
    weight UInt32 COMMENT 'it stands for so many (CloudEvents sampledrate)' CODEC(ZSTD),
    shift_ms Int64 COMMENT 'the skew that was taken off its time' CODEC(ZSTD),
    partition UInt32 COMMENT 'of topic events' CODEC(ZSTD),
    offset UInt64 COMMENT 'of its record' CODEC(Delta, ZSTD),
    appended DateTime64(3, 'UTC') COMMENT 'when the event log took it' CODEC(Delta, ZSTD),
    id String ALIAS if(foreign_id != '', foreign_id, concat(source, ':', toString(seq), ':', toString(nth)))
)
ENGINE = ReplacingMergeTree
PARTITION BY toMonday(appended)
ORDER BY (type, time, partition, offset, nth)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- What could not be read, with the reason.
CREATE TABLE IF NOT EXISTS dead_letters /* ON CLUSTER */
(
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    origin String COMMENT 'gateway, or its place in the event log: events/2@1042' CODEC(ZSTD),
    offset UInt64 COMMENT 'of its record in topic dead-letters, or in events where the archive found it' CODEC(ZSTD),
    reason LowCardinality(String),
    detail String CODEC(ZSTD),
    text String COMMENT 'the first 4 kB' CODEC(ZSTD),
    bytes UInt64 CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree
PARTITION BY toMonday(at)
ORDER BY (at, origin, offset)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
