/** How much room a broker's disks have. kafkajs does not know this question, so it is written out here. */
import type { Diagnosis } from '../../../units/diagnosis.ts';
import { gigabytes, roomOf } from '../../../units/room.ts';
import { ByteReader } from '../bytes.ts';
import { errorOfKafka, type InnerBroker, type Request } from '../kafkajs-parts.ts';
import { sentenceOf } from '../sentence.ts';

const DESCRIBE_LOG_DIRS = 35;
/** The first that tells the room; Kafka 3.3 brought it. */
const VERSION = 4;

export interface LogDir {
  readonly path: string;
  /** Of Kafka's protocol; 0 is none. */
  readonly errorCode: number;
  readonly totalBytes: number;
  /** Below 0: not told. */
  readonly freeBytes: number;
}

export interface LogDirs {
  readonly errorCode: number;
  readonly dirs: readonly LogDir[];
}

export const tellsDisks = ({ versions }: InnerBroker): boolean => (versions?.[DESCRIBE_LOG_DIRS]?.maxVersion ?? -1) >= VERSION;

/** An empty list of topics: the folders alone. The head of a request of this version ends with its (no) tagged fields. */
const QUESTION = Buffer.from([0, 1, 0]);

/** @see https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs, version 4 */
export function logDirsRequest(): Request<LogDirs> {
  // What kafkajs asks of its own encoders.
  const encode = async () => ({ buf: QUESTION, buffer: QUESTION });
  return {
    request: { apiKey: DESCRIBE_LOG_DIRS, apiVersion: VERSION, apiName: 'DescribeLogDirs', encode },
    response: { decode: async (bytes) => bytes, parse: async (bytes: Buffer) => readLogDirs(bytes) },
  };
}

export function readLogDirs(answer: Buffer): LogDirs {
  const bytes = new ByteReader(answer);
  skipTags(bytes);
  bytes.int32();
  const errorCode = bytes.int16();
  const dirs: LogDir[] = [];
  for (let left = length(bytes); left > 0; left--) {
    const code = bytes.int16();
    const path = bytes.text(length(bytes));
    for (let topics = length(bytes); topics > 0; topics--) skipTopic(bytes);
    const totalBytes = bytes.int64();
    const freeBytes = bytes.int64();
    skipTags(bytes);
    dirs.push({ path, errorCode: code, totalBytes, freeBytes });
  }
  return { errorCode, dirs };
}

function skipTopic(bytes: ByteReader): void {
  bytes.text(length(bytes));
  for (let partitions = length(bytes); partitions > 0; partitions--) {
    // partition, size, lag, whether it is moved here
    bytes.slice(4 + 8 + 8 + 1);
    skipTags(bytes);
  }
  skipTags(bytes);
}

/** Of a compact list or text: written as one more, so that 0 can mean none at all. */
function length(bytes: ByteReader): number {
  return unsigned(bytes) - 1;
}

function skipTags(bytes: ByteReader): void {
  for (let left = unsigned(bytes); left > 0; left--) {
    unsigned(bytes);
    bytes.slice(unsigned(bytes));
  }
}

function unsigned(bytes: ByteReader): number {
  let value = 0;
  for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
    const byte = bytes.int8() & 0xff;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  throw new RangeError('a number is too long');
}

/** @param broker  `broker 1 at 127.0.0.1:9092` */
export function diagnosesOfDisks(broker: string, { errorCode, dirs }: LogDirs): Diagnosis[] {
  const of = `disk of ${broker}`;
  if (errorCode !== 0) {
    const says = `its room cannot be told. ${sentenceOf(errorOfKafka(errorCode))}`;
    return [{ is: 'well', of, says }];
  }
  return dirs.flatMap(({ path, errorCode: code, totalBytes, freeBytes }): Diagnosis[] => {
    if (code !== 0) return [{ is: 'ill', of, says: `${path}: ${sentenceOf(errorOfKafka(code))}` }];
    if (freeBytes < 0) return [];
    const said = `${path}: ${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} free`;
    const room = roomOf(freeBytes, totalBytes);
    if (room === 'none') return [{ is: 'ill', of, says: `${said}: it will take nothing more. Make room there.` }];
    if (room === 'enough') return [];
    return [{ is: 'warning', of, says: `${said}. A broker whose disk is full stops. Make room there, or keep less.` }];
  });
}
