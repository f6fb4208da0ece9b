/** `npm run docs`: writes docs/configuration.md and plummet.schema.json from the configuration's schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manual } from '../platform/config/manual.ts';
import { schemaText } from './cli/schema-file.ts';
import { packageFolder } from './version.ts';

const inPackage = (path: string): string => join(packageFolder, path);

writeFileSync(inPackage('docs/configuration.md'), manual(readFileSync(inPackage('docs/configuration.in.md'), 'utf8')));
writeFileSync(inPackage('plummet.schema.json'), schemaText());
