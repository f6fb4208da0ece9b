import { BATCH_CONTENT_TYPE } from '@plummet/sdk/batch';
import { expect, test } from 'vitest';
import { decodeHeader, FORMS_TAKEN, formOfRequest } from '../../../ingest/admission/forms.ts';

test.each([
  [BATCH_CONTENT_TYPE, 'batch'],
  ['Application/vnd.Plummet.batch+JSON; v=1', 'batch'],
  ['application/vnd.plummet.batch+json', 'batch'],
  ['application/vnd.plummet.batch+json;v=2', null],
  ['application/cloudevents+json; charset=UTF-8', 'cloudevent'],
  ['application/cloudevents-batch+json', 'cloudevents'],
  ['application/json', 'plain'],
  ['application/json;charset="utf-8"', 'plain'],
  ['application/json;charset=latin1', null],
  ['application/cloudevents+avro', null],
  ['text/plain', null],
  ['application/x-www-form-urlencoded', null],
  ['constructor', null],
  ['', null],
])('%j is %j', (contentType, form) => {
  expect(formOfRequest(contentType, {})).toBe(form);
});

test('a CloudEvent in headers may have data of any type', () => {
  const headers = { 'ce-specversion': '1.0' };
  for (const type of ['application/json', 'image/png', 'text/plain', '']) expect(formOfRequest(type, headers)).toBe('binary');
  expect(formOfRequest('application/cloudevents+json', headers)).toBe('cloudevent');
});

test('every form that is named as taken is taken', () => {
  for (const type of FORMS_TAKEN.filter((form) => !form.includes(' '))) expect(formOfRequest(type, {})).not.toBeNull();
});

test('header values are percent-decoded and unquoted, and what cannot be is left as it is', () => {
  expect(decodeHeader('Euro%20%E2%82%AC%20%F0%9F%98%80')).toBe('Euro € 😀');
  expect(decodeHeader('"a \\"quoted\\" text"')).toBe('a "quoted" text');
  expect(decodeHeader('100%')).toBe('100%');
});
