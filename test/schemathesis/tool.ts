import { join } from 'node:path';
import type { PythonTool } from '../../cli/processes/python-tool';

/** Tests an API by its contract: requests that it must take, and requests that it must refuse. */
export const SCHEMATHESIS: PythonTool = {
  command: 'schemathesis',
  requirements: join(__dirname, 'requirements.txt'),
  folder: join(__dirname, '..', '..', '.candlestream', 'schemathesis'),
};

/** Its settings. */
export const SCHEMATHESIS_CONFIG = join(__dirname, 'schemathesis.toml');
