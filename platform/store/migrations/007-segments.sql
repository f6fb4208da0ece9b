-- A segment of a metric (series metric~hash/segment) is rolled up beside its whole, under the name metric/segment, and never into it.
ALTER TABLE touching /* ON CLUSTER */ MODIFY QUERY
WITH splitByChar('/', series)[1] AS whole
SELECT
    concat(
        if(position(whole, '~') = 0, whole, substring(whole, 1, length(whole) - position(reverse(whole), '~'))),
        substring(series, length(whole) + 1)) AS metric,
    series,
    toStartOfHour(second) AS hour,
    count() AS touches,
    min(if(rates.partition = -1, second, toDateTime(4294967295, 'UTC'))) AS began
FROM rates
GROUP BY series, hour;
