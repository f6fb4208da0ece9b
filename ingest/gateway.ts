/** HTTP → events, dead-letters: `POST /v1/events`, a thin shell over the intake. */
import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { bearerKey } from './admission/keys.ts';
import { type Answer, notDurable, unknownForm } from './answer.ts';
import { readBody } from './body.ts';
import { createIntake, type Intake, type IntakeOptions } from './intake.ts';

export { createIntake, type Intake, type IntakeOptions } from './intake.ts';

const PATH = '/v1/events';

/** Registered in a scope of its own: it reads bodies itself. Give it an intake where others need that too. */
export function gateway(from: IntakeOptions | Intake): FastifyPluginAsync {
  const intake = 'take' in from ? from : createIntake(from);
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.setErrorHandler((error: FastifyError, request, reply) => give(reply, intake.note(unreadable(error, request))));
    app.post(PATH, async (request, reply) => give(reply, await answer(intake, request)));
    app.get(PATH, async (_request, reply) => give(reply, notHere));
  };
}

async function answer(intake: Intake, request: FastifyRequest): Promise<Answer> {
  const body = await readBody(request.raw, intake);
  if (!Buffer.isBuffer(body)) return intake.note(body);
  const { headers } = request;
  const key = bearerKey(headers.authorization);
  return intake.take({ contentType: headers['content-type'], headers, body, key, from: request.ip });
}

function give(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  if (headers) reply.headers(headers);
  return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
}

const notHere: Answer = {
  status: 405,
  body: {
    error: {
      code: 'wrong-method',
      message: `${PATH} takes POST`,
      hint: `curl -H 'content-type: application/json' -d '{"type":"order.placed"}'`,
    },
  },
  headers: { allow: 'POST' },
};

/** What Fastify itself could not read: a content-type that is none, above all. */
function unreadable({ statusCode = 503, message }: FastifyError, { headers }: FastifyRequest): Answer {
  if (statusCode === 415) return unknownForm(headers['content-type'] ?? '');
  if (statusCode < 400 || statusCode >= 500) return notDurable();
  return { status: statusCode, body: { error: { code: 'unreadable', message } } };
}
