/** The schema beside a YAML, for editors. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ruleFileSchema } from '../../detectors/backtest/rule-file.ts';
import { jsonSchema, jsonSchemaOf } from '../../platform/config/json-schema.ts';

const NAME = 'plummet.schema.json';
const LINE = /^(# yaml-language-server: \$schema=)\S+/;

export const schemaText = (): string => `${JSON.stringify(jsonSchema(), null, 2)}\n`;

/** Of a file of rule tests. */
export const testSchemaText = (): string => `${JSON.stringify(jsonSchemaOf(ruleFileSchema, 'Rule tests of Plummet'), null, 2)}\n`;

/** As it was when this Plummet was built: an older one is replaced. */
export function writeSchema(folder: string): void {
  writeFileSync(join(folder, NAME), schemaText());
}

/** A YAML whose first line names the schema beside it. */
export function besideSchema(yaml: string): string {
  return yaml.replace(LINE, `$1./${NAME}`);
}
