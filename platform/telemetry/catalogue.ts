/** Every log line and metric that Plummet emits; one call makes both. docs/telemetry.md and /metrics are held against this list. */

export interface Entry {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** Prometheus name: `plummet_*`, base units. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  readonly buckets?: readonly number[];
  /** A log line beside the metric; the same line with the same labels at most once in ten seconds, then with how many were left out. */
  readonly log?: { readonly level: 'info' | 'warn' | 'error'; readonly message: string };
}

const SECONDS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300] as const;

export const catalogue = {
  // ingest
  eventsTaken: { kind: 'counter', name: 'plummet_events_total', help: 'Events by what became of them at the gateway', labels: ['outcome'] },
  requestRefused: {
    kind: 'counter',
    name: 'plummet_requests_refused_total',
    help: 'Requests refused at the gateway',
    labels: ['reason'],
    log: { level: 'warn', message: 'request refused' },
  },
  appendFailed: {
    kind: 'counter',
    name: 'plummet_append_failures_total',
    help: 'Appends that the event log did not make durable',
    labels: ['topic'],
    log: { level: 'error', message: 'the event log did not take a record; senders keep theirs and try again' },
  },
  deadLetter: {
    kind: 'counter',
    name: 'plummet_dead_letters_total',
    help: 'Records that could not be read',
    labels: ['reason'],
    log: { level: 'warn', message: 'a record could not be read and went to dead-letters' },
  },
  // the event log
  logProblem: {
    kind: 'counter',
    name: 'plummet_eventlog_problems_total',
    help: 'Faults of the event log that were survived',
    labels: ['kind'],
    log: { level: 'warn', message: 'event log' },
  },
  readerLag: {
    kind: 'gauge',
    name: 'plummet_consumer_lag_records',
    help: 'Records of a topic in Kafka that its slowest reader here has not handled',
    labels: ['topic'],
  },
  // counting
  batchesDiscarded: { kind: 'counter', name: 'plummet_duplicates_total', help: 'Batches and events read again and discarded' },
  eventsLost: {
    kind: 'counter',
    name: 'plummet_events_lost_total',
    help: 'Events that producers say they discarded, or that a gap in their batches shows',
    labels: ['why'],
    log: { level: 'warn', message: 'a producer lost events' },
  },
  skew: { kind: 'gauge', name: 'plummet_clock_skew_seconds', help: 'The largest skew of a producer heard in the last 10 s' },
  skewFlagged: {
    kind: 'counter',
    name: 'plummet_clock_skew_flagged_total',
    help: 'Producers whose clock is off by more than max_clock_skew',
    log: { level: 'warn', message: "a producer's clock is far off; its times are shifted" },
  },
  producerTwice: {
    kind: 'counter',
    name: 'plummet_producer_id_conflicts_total',
    help: 'Batches of one seq with another t0: two senders under one id',
    log: { level: 'error', message: 'two senders use one producer id' },
  },
  segmentsTooMany: {
    kind: 'counter',
    name: 'plummet_segments_unnamed_total',
    help: 'Times that the field of `by` began to have more values than can have names',
    log: { level: 'warn', message: 'the field of `by` has too many values: only the frequent ones are counted by name' },
  },
  // detecting
  seconds: { kind: 'counter', name: 'plummet_seconds_closed_total', help: 'Seconds decided on' },
  detectDelay: {
    kind: 'histogram',
    name: 'plummet_detect_delay_seconds',
    help: 'From the end of a second to its decision',
    buckets: SECONDS,
  },
  blindSeries: { kind: 'gauge', name: 'plummet_blind_series', help: 'Series that are blind now' },
  series: { kind: 'gauge', name: 'plummet_series', help: 'Series watched' },
  producers: { kind: 'gauge', name: 'plummet_producers', help: 'Producers heard in the last 10 s' },
  stateUnreadable: {
    kind: 'counter',
    name: 'plummet_state_unreadable_total',
    help: 'Saved states or checkpoints that could not be read',
    log: { level: 'warn', message: 'saved state could not be read; it is learned anew' },
  },
  pastGiven: {
    kind: 'counter',
    name: 'plummet_pasts_given_total',
    help: 'Series that were given their past from the store',
    log: { level: 'info', message: 'a metric was given its past from the store; it need not warm up' },
  },
  pastUnknown: {
    kind: 'counter',
    name: 'plummet_pasts_unknown_total',
    help: "Times that a metric's past could not be read",
    log: { level: 'warn', message: "a metric's past cannot be read; it warms up meanwhile, and it is tried again each minute" },
  },
  thresholdLearned: {
    kind: 'counter',
    name: 'plummet_thresholds_learned_total',
    help: "Times that the tail of a metric's history was fitted, whether it raises its threshold or not",
    log: { level: 'info', message: "the tail of a metric's history says what threshold keeps its budget of false pages" },
  },
  thresholdUnknown: {
    kind: 'counter',
    name: 'plummet_thresholds_unknown_total',
    help: "Times that the tail of a metric's history could not be fitted",
    log: { level: 'warn', message: "a metric's history cannot be read; its threshold stays; it is tried again in ten minutes" },
  },
  // alerting
  incidentOpened: {
    kind: 'counter',
    name: 'plummet_incidents_total',
    help: 'Incidents opened',
    labels: ['severity'],
    log: { level: 'info', message: 'incident opened' },
  },
  incidentResolved: {
    kind: 'counter',
    name: 'plummet_incidents_resolved_total',
    help: 'Incidents resolved',
    log: { level: 'info', message: 'incident resolved' },
  },
  notified: {
    kind: 'counter',
    name: 'plummet_notifications_total',
    help: 'Attempts to reach a person',
    labels: ['channel', 'outcome'],
    log: { level: 'info', message: 'notification' },
  },
  notifyTime: {
    kind: 'histogram',
    name: 'plummet_notification_latency_seconds',
    help: 'How long an attempt took',
    labels: ['channel'],
    buckets: SECONDS,
  },
  pageDelay: {
    kind: 'histogram',
    name: 'plummet_page_delay_seconds',
    help: 'From the deciding second to the page accepted by its provider',
    buckets: SECONDS,
  },
  pictureTime: {
    kind: 'histogram',
    name: 'plummet_picture_seconds',
    help: 'How long the picture of a page took to draw, beside everything else',
    buckets: [0.05, 0.1, 0.15, 0.25, 0.5, 1, 2],
  },
  pictureLeftOut: {
    kind: 'counter',
    name: 'plummet_pictures_left_out_total',
    help: 'Messages or drawings without the picture, and why; what is said is the same',
    labels: ['reason'],
    log: { level: 'info', message: 'a message goes without its picture' },
  },
  replicaTurned: {
    kind: 'counter',
    name: 'plummet_replica_turned_total',
    help: 'Starts as replica a beside another a; the later one goes on as b',
    log: { level: 'warn', message: 'another process is replica a already: this one goes on as b; start it with --replica b' },
  },
  // dashboards
  viewers: { kind: 'gauge', name: 'plummet_viewers', help: 'Live streams open' },
  viewerSpared: {
    kind: 'counter',
    name: 'plummet_viewers_spared_total',
    help: 'Counts of open seconds left out for live streams that read slowly',
  },
  viewerDropped: { kind: 'counter', name: 'plummet_viewers_dropped_total', help: 'Live streams dropped because they did not read' },
  historyRefused: {
    kind: 'counter',
    name: 'plummet_history_refused_total',
    help: 'Requests for history refused because a client, or everybody together, asked for too much',
    labels: ['by'],
  },
  connectionEnded: {
    kind: 'counter',
    name: 'plummet_connections_ended_total',
    help: 'Connections ended because they sent too many requests ahead of their answers',
    log: { level: 'warn', message: 'a connection sent too many requests ahead of their answers and was ended' },
  },
  // the store
  storeUp: { kind: 'gauge', name: 'plummet_store_up', help: '1 when the store answered last, 0 when it did not' },
  storeProblem: {
    kind: 'counter',
    name: 'plummet_store_problems_total',
    help: 'Times that the store stopped taking what is to be kept, by why',
    labels: ['kind'],
    log: { level: 'warn', message: 'the store takes nothing; pages do not need it, and what is to be kept waits' },
  },
  storeRestarted: {
    kind: 'counter',
    name: 'plummet_store_restarts_total',
    help: "Times that the embedded store's process ended by itself",
    log: { level: 'warn', message: 'the embedded store ended and is started again' },
  },
  storeRows: { kind: 'counter', name: 'plummet_store_rows_total', help: 'Rows that the store has taken', labels: ['table'] },
  storeBehind: {
    kind: 'gauge',
    name: 'plummet_store_behind_seconds',
    help: 'Since the append of the newest record that is in the store',
    labels: ['reader'],
  },
  historyIncomplete: {
    kind: 'counter',
    name: 'plummet_history_incomplete_total',
    help: 'Times that a screen was told what memory knows, because the store was away, slow or busy',
    labels: ['why'],
  },
  rollupsWaiting: {
    kind: 'gauge',
    name: 'plummet_rollups_waiting_hours',
    help: 'Hours of metrics that are written now or wait to be rolled up; until then they are drawn from their seconds',
  },
  storeSpool: { kind: 'gauge', name: 'plummet_store_spool_bytes', help: 'Waits on disk for the store', labels: ['reader'] },
  spoolFull: {
    kind: 'counter',
    name: 'plummet_store_spool_full_total',
    help: 'Times that no more may wait on disk: the event log is read no further until the store answers',
    labels: ['reader'],
    log: { level: 'error', message: 'no more may wait on disk for the store; the event log keeps it as long as it keeps anything' },
  },
  rowsRefused: {
    kind: 'counter',
    name: 'plummet_store_rows_refused_total',
    help: 'Rows that the store cannot read, put aside in the spool',
    labels: ['table'],
    log: { level: 'error', message: 'the store cannot read some rows; they are put aside' },
  },
  lyingTally: {
    kind: 'counter',
    name: 'plummet_lying_tallies_total',
    help: 'Batches written past the gateway whose tally does not agree with their events',
    log: { level: 'warn', message: "a producer's tally does not agree with its events" },
  },
  // the process
  reload: {
    kind: 'gauge',
    name: 'plummet_config_last_reload_successful',
    help: '1 when the configuration in force is the one on disk',
    log: { level: 'info', message: 'configuration read' },
  },
  configShared: {
    kind: 'counter',
    name: 'plummet_config_shared_total',
    help: 'Configurations that came by the event log, by what became of them here',
    labels: ['outcome'],
    log: { level: 'info', message: 'a configuration came by the event log' },
  },
  loopLag: { kind: 'gauge', name: 'plummet_eventloop_lag_seconds', help: 'How late a timer of 100 ms comes' },
  stepFailed: {
    kind: 'counter',
    name: 'plummet_step_failures_total',
    help: 'Unexpected failures of a step; it goes on',
    labels: ['step'],
    log: { level: 'error', message: 'a step failed and goes on' },
  },
} as const satisfies Record<string, Entry>;

export interface Fields {
  /** How many, or the gauge's or histogram's value; 1 where left out. */
  readonly value?: number;
  readonly [field: string]: unknown;
}

/** One function an entry of the catalogue. Fields beyond the labels go to the log line only. */
export type Telemetry = { readonly [Name in keyof typeof catalogue]: (fields?: Fields) => void };

/** A telemetry made of one function: where every call goes. */
export function telemetryTo(take: (name: keyof typeof catalogue, entry: Entry, fields: Fields) => void): Telemetry {
  const calls = Object.entries(catalogue).map(([name, entry]) => {
    return [name, (fields: Fields = {}) => take(name as keyof typeof catalogue, entry, fields)];
  });
  return Object.fromEntries(calls) as Telemetry;
}

export const silentTelemetry: Telemetry = telemetryTo(() => undefined);
