/** `npm run docs`: writes docs/configuration.md and the JSON Schemas from their sources, and the scenes into docs/rule-tests.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manual } from '../platform/config/manual.ts';
import { schemaText, testSchemaText } from './cli/schema-file.ts';
import { withScenes } from './scenes-table.ts';
import { packageFolder } from './version.ts';

const inPackage = (path: string): string => join(packageFolder, path);

writeFileSync(inPackage('docs/configuration.md'), manual(readFileSync(inPackage('docs/configuration.in.md'), 'utf8')));
writeFileSync(inPackage('plummet.schema.json'), schemaText());
writeFileSync(inPackage('plummet-test.schema.json'), testSchemaText());
writeFileSync(inPackage('docs/rule-tests.md'), withScenes(readFileSync(inPackage('docs/rule-tests.md'), 'utf8')));
