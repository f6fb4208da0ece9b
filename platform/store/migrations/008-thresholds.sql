-- What the tail of each series' history asked of its threshold, as topic config told it: a row holds from its second until the next one of
-- its series, for these limits. Sigmas are above 0.
CREATE TABLE IF NOT EXISTS thresholds /* ON CLUSTER */
(
    series LowCardinality(String) COMMENT 'metric~hash of what is counted',
    second DateTime('UTC') COMMENT 'the first that is decided on by it' CODEC(DoubleDelta, ZSTD),
    offset UInt64 COMMENT 'of its record in topic config; of two that begin in one second the newer stands' CODEC(ZSTD),
    asked String COMMENT 'the limits of page_when that it was learned for' CODEC(ZSTD),
    formula Float64 COMMENT 'what the budget of false pages asks for by itself',
    raised Nullable(Float64) COMMENT 'the threshold that holds; null: the formula',
    before Nullable(Float64) COMMENT 'the same until then',
    days Float64 COMMENT 'of history that were looked at',
    of_days Float64 COMMENT 'fewer days than these raise nothing',
    peaks UInt32 COMMENT 'excursions that came near a page',
    fitted Nullable(Float64) COMMENT 'the threshold that keeps the budget; null: too few excursions to say',
    low Nullable(Float64) COMMENT 'of its 90 % interval',
    high Nullable(Float64),
    mean Nullable(Float64) COMMENT 'of the squares over their level; 2 where all is chance',
    false_pages Nullable(Float64) COMMENT 'a year, by the formula',
    heavier UInt8 COMMENT 'the tail is heavier than what was fitted to it',
    limited_by String COMMENT 'the limit that the raise has hit',
    writer String COMMENT 'the process'
)
ENGINE = ReplacingMergeTree(offset)
ORDER BY (series, second)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
