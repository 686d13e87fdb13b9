import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionLog } from '../../../local/watch/function-log';

const stored = (pair: string) => ({ message: 'stored', pair, minutes: 1, windows: 5 });
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-log-'));
  file = join(folder, 'persist.log');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('what the file holds already is passed over', async () => {
  await writeFile(file, line(stored('OLD_BTC')));
  const log = await FunctionLog.fromItsEnd(file);
  await appendFile(file, line(stored('NEW_BTC')));

  await expect(log.newLines()).resolves.toEqual([stored('NEW_BTC')]);
  await expect(log.newLines()).resolves.toEqual([]);
});

test('a file that comes later is read from its start', async () => {
  const log = await FunctionLog.fromItsEnd(file);
  await expect(log.newLines()).resolves.toEqual([]);

  await writeFile(file, line(stored('ETH_BTC')));

  await expect(log.newLines()).resolves.toEqual([stored('ETH_BTC')]);
});

test('a line is counted once it is whole, also where it was cut within a character', async () => {
  const log = await FunctionLog.fromItsEnd(file);
  const bytes = Buffer.from(line(stored('ÄÖ_BTC')));
  const cut = bytes.indexOf(Buffer.from('Ä')) + 1;

  await writeFile(file, bytes.subarray(0, cut));
  await expect(log.newLines()).resolves.toEqual([]);
  await appendFile(file, bytes.subarray(cut));

  await expect(log.newLines()).resolves.toEqual([stored('ÄÖ_BTC')]);
});

test('lines that are not JSON, or not counted, are passed over', async () => {
  const log = await FunctionLog.fromItsEnd(file);
  const letter = { message: 'dead letter', key: null };
  await writeFile(
    file,
    [
      'Error: not JSON\n{ nor this\n\n',
      line({ message: 'tick', pairs: 2 }),
      line({ message: 'stored', pair: 'ETH_BTC' }),
      line({ ...letter, level: 'warn' }),
    ].join(''),
  );

  await expect(log.newLines()).resolves.toEqual([letter]);
});

test('a file that is there but cannot be read is an error', async () => {
  const below = join(file, 'persist.log');
  await writeFile(file, '');

  await expect(FunctionLog.fromItsEnd(below)).rejects.toThrow('ENOTDIR');
});
