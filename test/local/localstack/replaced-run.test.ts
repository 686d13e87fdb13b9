import { dev } from '../../../lib/stages/dev';
import { localstack } from '../../../lib/stages/localstack';
import { stageConfig } from '../../../lib/stages/stage-config';
import { gateIoAlone } from '../../fakes/stages';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../../../cli/free-port';
import { localstackProject } from '../../../local/localstack/localstack-project';
import { assertNothingReplaced } from '../../../local/localstack/replaced-run';
import { templatesOf } from '../../lib/candlestream-templates';
import { fakeRun } from '../engines/fake-run';

const GATE_IO = 'https://api.gateio.ws/api/v4';
const SIMULATED = 'http://exchange:4570/api/v4';
const SHOWS_TABLE = { 'ps -ww': { stdout: 'node --import tsx local/localstack/localstack.ts' } };

let dataDir: string;
let cloudFormation: Server;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'candlestream-replaced-'));
  const body = deployedTemplate();
  cloudFormation = createServer((request, response) => {
    void text(request).then((asked) => {
      if (!asked.includes('Action=GetTemplate')) throw new Error(`unexpected ${asked}`);
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<GetTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><GetTemplateResult><TemplateBody>${body}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
      );
    });
  }).listen(0, '127.0.0.1');
  await once(cloudFormation, 'listening');
});

afterAll(async () => {
  cloudFormation.closeAllConnections();
  cloudFormation.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** The template of a stage that follows two pairs of the simulated exchange, as text of XML. */
function deployedTemplate(): string {
  const followed = { pairs: ['BTC_USDT', 'ETH_USDT'], url: SIMULATED };
  const stage = stageConfig({ ...localstack, ...gateIoAlone(localstack, followed) });
  return JSON.stringify(templatesOf(stage).pipeline.toJSON())
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** Deploys beside a run that shows its table. */
async function deployBeside(
  pairs: string[],
  exchangeUrl: string,
  port = (cloudFormation.address() as AddressInfo).port,
): Promise<void> {
  const project = localstackProject({
    CANDLESTREAM_DATA_DIR: dataDir,
    LOCALSTACK_PORT: String(port),
  });
  await mkdir(project.folder, { recursive: true });
  await writeFile(join(project.folder, 'run.lock'), String(process.ppid));
  const command = { project, run: fakeRun(SHOWS_TABLE).run };
  await assertNothingReplaced(command, gateIoAlone(dev, { pairs, url: exchangeUrl }));
}

test('a deployment of changed code only is let through, in whatever order the pairs are', async () => {
  await expect(deployBeside(['ETH_USDT', 'BTC_USDT'], SIMULATED)).resolves.toBeUndefined();
});

test('other pairs are refused, with those of the run and the remedies', async () => {
  await expect(deployBeside(['ADA_USDT'], SIMULATED)).rejects.toMatchObject({
    name: 'RunReplacedError',
    message: `Process ${process.ppid} shows its table, and this run would replace its settings: pairs BTC_USDT,ETH_USDT by ADA_USDT. To deploy changed code only, repeat the flags of that run (--pairs BTC_USDT,ETH_USDT); to start another run, end that one with Ctrl-C; to replace its settings, give --replace.`,
  });
});

test('of very many pairs the first are named', async () => {
  const many = Array.from({ length: 500 }, (_, index) => `P${100 + index}_USDT`);
  await expect(deployBeside(many, SIMULATED)).rejects.toThrow(
    /: pairs BTC_USDT,ETH_USDT by P100_USDT,.*,P149_USDT and 450 more\. To deploy/,
  );
});

test('another exchange is refused', async () => {
  await expect(deployBeside(['BTC_USDT', 'ETH_USDT'], GATE_IO)).rejects.toThrow(
    `its settings: exchange ${SIMULATED} by ${GATE_IO}. `,
  );
});

test('a LocalStack that has gone has nothing to replace', async () => {
  await expect(deployBeside(['ADA_USDT'], GATE_IO, await freePort())).resolves.toBeUndefined();
});

test('without a run that shows its table, LocalStack is not asked', async () => {
  const project = localstackProject({ CANDLESTREAM_DATA_DIR: join(dataDir, 'other') });
  const command = { project, run: fakeRun({}).run };
  const stage = gateIoAlone(dev, { pairs: ['ADA_USDT'], url: GATE_IO });
  await expect(assertNothingReplaced(command, stage)).resolves.toBeUndefined();
});
