/** The pipeline on one page: which step belongs to which role, what it reads and what it writes. */

export type Role = 'ingest' | 'detectors' | 'alerting' | 'dashboards';

export const ROLES: readonly Role[] = ['ingest', 'detectors', 'alerting', 'dashboards'];

export interface StepRow {
  readonly step: string;
  readonly role: Role;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

export const STEPS: readonly StepRow[] = [
  { step: 'ingest/gateway', role: 'ingest', reads: ['HTTP'], writes: ['events', 'dead-letters'] },
  { step: 'ingest/archive', role: 'ingest', reads: ['events', 'dead-letters'], writes: ['store'] },
  { step: 'detectors/tick', role: 'detectors', reads: ['clock'], writes: ['events'] },
  { step: 'detectors/count', role: 'detectors', reads: ['events'], writes: ['counts', 'checkpoints', 'dead-letters'] },
  { step: 'detectors/detect', role: 'detectors', reads: ['counts', 'config'], writes: ['signals', 'state', 'config'] },
  { step: 'detectors/record', role: 'detectors', reads: ['counts', 'signals', 'config'], writes: ['store'] },
  { step: 'alerting/decide', role: 'alerting', reads: ['signals', 'incidents'], writes: ['incidents'] },
  { step: 'alerting/page', role: 'alerting', reads: ['incidents'], writes: ['incidents'] },
  { step: 'alerting/chronicle', role: 'alerting', reads: ['incidents'], writes: ['store'] },
  { step: 'dashboards/live', role: 'dashboards', reads: ['signals', 'counts', 'incidents'], writes: ['server-sent events'] },
];
