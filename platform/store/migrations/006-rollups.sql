-- Seconds rolled up to steps of 10 s, 1 min and 1 h, so that a month is drawn from thousands of rows and not from millions. Whatever may still
-- change does not matter: an hour is answered from its roll-ups only while its touches are those that they were made at, else from rates.
CREATE TABLE IF NOT EXISTS rollups /* ON CLUSTER */
(
    metric LowCardinality(String),
    seconds UInt32 COMMENT 'length of the step: 10, 60 or 3600' CODEC(ZSTD),
    second DateTime('UTC') COMMENT 'the first of the step' CODEC(DoubleDelta, ZSTD),
    touches UInt64 COMMENT 'of its hour, known before its seconds were read' CODEC(DoubleDelta, ZSTD),
    n Nullable(Float64) COMMENT 'events; null where nobody knows any' CODEC(ZSTD),
    n_min Nullable(Float64) COMMENT 'of a second' CODEC(ZSTD),
    n_max Nullable(Float64) CODEC(ZSTD),
    sum Nullable(Float64) COMMENT 'of their values' CODEC(ZSTD),
    sum_min Nullable(Float64) CODEC(ZSTD),
    sum_max Nullable(Float64) CODEC(ZSTD),
    closed Nullable(Float64) COMMENT 'known when its seconds closed' CODEC(ZSTD),
    worst UInt8 COMMENT 'state, by its place among dropped, blind, falling, recovering, warming, too slow, normal; 7: none' CODEC(ZSTD),
    usual Nullable(Float32) COMMENT 'events/s, the last one known' CODEC(ZSTD),
    derivative_min Nullable(Float32) CODEC(ZSTD),
    derivative_max Nullable(Float32) CODEC(ZSTD),
    steepness Nullable(Float32) COMMENT 'the lowest' CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree(touches)
PARTITION BY toYYYYMM(second)
ORDER BY (metric, seconds, second);

-- How many rows were ever inserted into an hour of a series: whoever inserts them, by whatever way, says so here by the same insert.
CREATE TABLE IF NOT EXISTS touched /* ON CLUSTER */
(
    metric LowCardinality(String),
    series LowCardinality(String),
    hour DateTime('UTC') CODEC(DoubleDelta, ZSTD),
    touches SimpleAggregateFunction(sum, UInt64) CODEC(ZSTD),
    began SimpleAggregateFunction(min, DateTime('UTC')) COMMENT 'the first second that closed; 2106 where none did' CODEC(ZSTD)
)
ENGINE = AggregatingMergeTree
ORDER BY (metric, series, hour);

CREATE MATERIALIZED VIEW IF NOT EXISTS touching /* ON CLUSTER */ TO touched AS
SELECT
    if(position(series, '~') = 0, series, substring(series, 1, length(series) - position(reverse(series), '~'))) AS metric,
    series,
    toStartOfHour(second) AS hour,
    count() AS touches,
    min(if(rates.partition = -1, second, toDateTime(4294967295, 'UTC'))) AS began
FROM rates
GROUP BY series, hour;

-- What was there before.
INSERT INTO touched (metric, series, hour, touches, began)
SELECT
    if(position(series, '~') = 0, series, substring(series, 1, length(series) - position(reverse(series), '~'))) AS metric,
    series,
    toStartOfHour(second) AS hour,
    count() AS touches,
    min(if(rates.partition = -1, second, toDateTime(4294967295, 'UTC'))) AS began
FROM rates
GROUP BY series, hour;
