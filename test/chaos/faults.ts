/** The rows that can be lived through, in the order of the fault matrix. */
import type { Fault } from './fault.ts';
import { F01 } from './faults/F01-gateway-killed.ts';
import { F02 } from './faults/F02-gateway-frozen.ts';
import { F03 } from './faults/F03-rolling-restart.ts';
import { F04 } from './faults/F04-detector-killed.ts';
import { F05 } from './faults/F05-detectors-killed.ts';
import { F06 } from './faults/F06-alerter-killed.ts';
import { F07 } from './faults/F07-sender-frozen.ts';
import { F08 } from './faults/F08-alerter-cut-off.ts';
import { F09 } from './faults/F09-intended-hangs.ts';
import { F12 } from './faults/F12-bad-configuration.ts';
import { F13 } from './faults/F13-broker-killed.ts';
import { F14 } from './faults/F14-all-brokers-killed.ts';
import { F15 } from './faults/F15-replies-lost.ts';
import { F16 } from './faults/F16-come-and-go.ts';
import { F17 } from './faults/F17-reader-stuck.ts';
import { F18 } from './faults/F18-brokers-slow.ts';
import { F19 } from './faults/F19-poison.ts';
import { F20 } from './faults/F20-replayed.ts';
import { F21 } from './faults/F21-late-events.ts';
import { F22 } from './faults/F22-partition-away.ts';
import { F23 } from './faults/F23-app-dies.ts';
import { F24 } from './faults/F24-store-killed.ts';
import { F25 } from './faults/F25-store-replies-lost.ts';
import { F26 } from './faults/F26-store-hangs.ts';
import { F27 } from './faults/F27-disk-full.ts';
import { F28 } from './faults/F28-sync-fails.ts';
import { F29 } from './faults/F29-slow-disk.ts';
import { F30 } from './faults/F30-damaged-files.ts';
import { F37 } from './faults/F37-frozen.ts';

export const FAULTS: readonly Fault[] = [
  F01,
  F02,
  F03,
  F04,
  F05,
  F06,
  F07,
  F08,
  F09,
  F12,
  F13,
  F14,
  F15,
  F16,
  F17,
  F18,
  F19,
  F20,
  F21,
  F22,
  F23,
  F24,
  F25,
  F26,
  F27,
  F28,
  F29,
  F30,
  F37,
];
