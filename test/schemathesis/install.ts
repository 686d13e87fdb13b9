import { installPythonTool } from '../../cli/processes/python-tool';
import { SCHEMATHESIS } from './tool';

// Installs schemathesis, which the test of the query API needs, into `.candlestream/`.

console.log(`schemathesis is installed: ${installPythonTool(SCHEMATHESIS)}`);
