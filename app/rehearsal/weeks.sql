-- Half a day of the shop's past, every second of it: how busy each minute was is given, the chance of each second is drawn here. The same
-- question gives the same rows, so that saying it again changes nothing. Rows of partition -2 are seconds counted elsewhere.
INSERT INTO rates (series, second, partition, block, to, n, sum, lost)
WITH
    -- In (0, 1), from the second and what is drawn: no draw knows of another.
    (at, what) -> (bitShiftRight(sipHash64(at, what, {seed:UInt32}), 11) + 0.5) / 9007199254740992. AS chance,
    -- Box and Muller.
    (at, what) -> sqrt(-2 * log(chance(at, concat(what, ' far')))) * cos(2 * pi() * chance(at, concat(what, ' where'))) AS normal,
    -- The probability of 0, of at most 1, … of at most 47 events.
    mean -> arrayCumSum(k -> exp(k * log(mean) - mean - lgamma(k + 1)), range(48)) AS poissonUpTo,
    -- From about 10 events up, the normal with its skew and tails put right (Cornish and Fisher).
    (mean, z) -> toUInt64(greatest(0, floor(mean + sqrt(mean) * z + (z * z - 1) / 6 + (z - z * z * z) / (72 * sqrt(mean)) + 0.5))) AS manyOf,
    (mean, upTo, times, at, what) -> multiIf(
        times = 0, 0,
        times = 1 AND mean < 16, arrayCount(p -> p < chance(at, what), upTo),
        manyOf(mean * times, normal(at, what))) AS poisson,
    minutes AS (
        SELECT
            {from:UInt32} + (number - 1) * 60 AS minute,
            arrayElement({levels:Array(Float64)}, number) AS level,
            poissonUpTo(level * {signups:Float64}) AS signupsUpTo,
            poissonUpTo(level * {orders:Float64} * (1 - {paid:Float64})) AS unpaidUpTo
        FROM numbers(1, length({levels:Array(Float64)}))
    ),
    seconds AS (
        SELECT
            minute + arrayJoin(range(60)) AS at,
            level,
            -- What went on in the shop: a sale, a deploy, an outage.
            1 + arraySum((f, t, times) -> if(at >= f AND at < t, times - 1, 0),
                {sceneFrom:Array(UInt32)}, {sceneTo:Array(UInt32)}, {sceneTimes:Array(Float64)}) AS times,
            1 + arraySum(ago -> if(chance(at - ago, 'burst') < {burstsPerSecond:Float64},
                {burstShare:Float64} * exp(-ago / {burstMemory:Float64}), 0), range(16)) AS bursts,
            poisson(level * {signups:Float64}, signupsUpTo, 1, at, 'signups') AS signups,
            poisson(level * {orders:Float64} * (1 - {paid:Float64}), unpaidUpTo, times, at, 'unpaid') AS unpaid,
            poisson(level * {orders:Float64} * {paid:Float64}, unpaidUpTo, times, at, 'paid') AS paid,
            manyOf(level * {searches:Float64} * bursts, normal(at, 'searches')) AS searches
        FROM minutes
    )
SELECT series, toDateTime(at), -2, 0, {writtenAt:UInt64},
    multiIf(event = 'order.placed', paid + unpaid, event = 'payment.taken', paid, event = 'user.registered', signups, searches), 0, 0
FROM seconds
ARRAY JOIN {series:Array(String)} AS series, {events:Array(String)} AS event
WHERE at < {to:UInt32}
