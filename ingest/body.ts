/** Reads a request's body as it comes, never more than may be held. */
import type { IncomingMessage } from 'node:http';
import { refusal } from '../platform/topics/refusal.ts';
import { type Answer, refused, tooMuchWaiting } from './answer.ts';
import type { Intake } from './intake.ts';

/**
 * What comes after the limit is discarded unread rather than cut off, so that a client that is still sending can read its
 * answer; the server's time-out ends those that never stop.
 * @returns the body, or the answer for a request that is not read to its end
 */
export function readBody(request: IncomingMessage, { limits, waiting }: Intake): Promise<Buffer | Answer> {
  const { bodyBytesMax } = limits;
  if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) return Promise.resolve(tooBig(bodyBytesMax));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (outcome: Buffer | Answer): void => {
      request.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut);
      waiting.release(bytes);
      request.resume();
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      if (bytes + chunk.length > bodyBytesMax) settle(tooBig(bodyBytesMax));
      else if (!waiting.hold(chunk.length)) settle(tooMuchWaiting());
      else {
        bytes += chunk.length;
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => settle(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes));
    const onCut = (): void => settle(refused(refusal('bad-shape', '', 'the body ended before its announced length')));
    request.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
  });
}

function tooBig(bytesMax: number): Answer {
  return refused(refusal('too-big', '', `the body is larger than ${bytesMax} bytes`));
}
