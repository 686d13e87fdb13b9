import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRoutes } from '../routes';
import { openApiJson } from './openapi';

// Writes the contract of the API into the documents of the project.

writeFileSync(join(__dirname, '../../../docs/openapi.json'), `${openApiJson(createRoutes())}\n`);
