-- What the detector found stands beside the count at closing, so that past days are drawn as they were seen, and played again.
ALTER TABLE rates /* ON CLUSTER */
    ADD COLUMN IF NOT EXISTS share Float32 DEFAULT 1 COMMENT 'of the usual traffic that closed was counted from, 0..1' CODEC(ZSTD),
    ADD COLUMN IF NOT EXISTS usual Nullable(Float32) COMMENT 'events/s' CODEC(ZSTD),
    ADD COLUMN IF NOT EXISTS derivative Nullable(Float32) COMMENT '% of usual per second' CODEC(ZSTD),
    ADD COLUMN IF NOT EXISTS steepness Nullable(Float32) COMMENT 'sigmas, <= 0' CODEC(ZSTD),
    COMMENT COLUMN partition 'of topic events; -1: the row of the closing; -2: counted elsewhere (imported, from the archive, rehearsed)';

-- For people with SQL: history holds each second of each series once. What was counted elsewhere stands where Plummet closed no second itself; a
-- second that closed and has no counts had none, or was rehearsed: then what closed is what is known.
CREATE VIEW IF NOT EXISTS history /* ON CLUSTER */ AS
SELECT
    series,
    second,
    countIf(rates.partition = -1) = 0 AND countIf(rates.partition = -2) > 0 AS elsewhere,
    if(elsewhere, sumIf(rates.n, rates.partition = -2), sumIf(rates.n, rates.partition >= 0)) AS n,
    if(elsewhere, sumIf(rates.sum, rates.partition = -2), sumIf(rates.sum, rates.partition >= 0)) AS sum,
    sum(rates.lost) AS lost,
    max(rates.closed) AS closed,
    max(rates.state) AS state,
    min(rates.share) AS share,
    max(rates.usual) AS usual,
    max(rates.derivative) AS derivative,
    min(rates.steepness) AS steepness
FROM rates FINAL
GROUP BY series, second;
