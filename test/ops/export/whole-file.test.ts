import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from '../../../ops/export/whole-file';
import { OperationError } from '../../../ops/operation-error';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whole-file-'));
  path = join(folder, 'candles.csv');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const content = async (sink: { write(bytes: Uint8Array): Promise<unknown> }) => {
  await sink.write(Buffer.from('candles'));
  return 7;
};

test.each([true, false])('a file is written whole, overwrite: %s', async (overwrite) => {
  expect(await writeWhole({ path, overwrite }, content)).toEqual({ result: 7, syncFailure: null });
  expect(readFileSync(path, 'utf8')).toBe('candles');
  expect(readdirSync(folder)).toEqual(['candles.csv']);
});

test.each([true, false])(
  'a link that leads nowhere is not replaced, overwrite: %s',
  async (overwrite) => {
    symlinkSync('/nowhere', path);

    const writing = writeWhole({ path, overwrite }, content);

    await expect(writing).rejects.toThrow(OperationError);
    expect(readlinkSync(path)).toBe('/nowhere');
    expect(readdirSync(folder)).toEqual(['candles.csv']);
  },
);

test.each([
  ['a file', () => writeFileSync(path, 'precious')],
  ['a link', () => symlinkSync('/nowhere', path)],
])('%s that appears meanwhile is not replaced', async (_, appear) => {
  const writing = writeWhole({ path, overwrite: false }, (sink) => {
    appear();
    return content(sink);
  });

  await expect(writing).rejects.toThrow('is there already');
  expect(readdirSync(folder)).toEqual(['candles.csv']);
});

test('a folder that cannot be synced is told of; the file is written', async () => {
  const failure = Object.assign(new Error('EIO: i/o error, fsync'), { syscall: 'fsync' });

  const written = await writeWhole({ path, overwrite: false }, content, () =>
    Promise.reject(failure),
  );

  expect(written).toEqual({ result: 7, syncFailure: 'EIO: i/o error, fsync' });
  expect(readFileSync(path, 'utf8')).toBe('candles');
});
