import { crc32 } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { unzippedText } from '../../../../../lambdas/shared/adapters/exchanges/archive/archive-zip';

const NAME = 'BTCUSDT-1m-2024-12.csv';
const TEXT = '1733011200000,96407.99\n'.repeat(1_000);
const ZIP = zipSync({ [NAME]: strToU8(TEXT) });

/** Offsets in an entry of the central directory. */
const [METHOD, CRC, SIZE] = [10, 16, 24];

/** A zip file with one number of its central directory changed. */
function withNumber(offset: number, value: number, zip: Uint8Array = ZIP): Uint8Array {
  const changed = Buffer.from(zip);
  changed.writeUInt32LE(value, changed.indexOf('PK\u0001\u0002') + offset);
  return changed;
}

function problemIn(zip: Uint8Array): string | undefined {
  return unzippedText(zip, NAME).problem;
}

it('gives the text of the one file, deflated or stored', () => {
  const stored = zipSync({ [NAME]: strToU8(TEXT) }, { level: 0 });

  expect(unzippedText(ZIP, NAME)).toEqual({ text: TEXT });
  expect(unzippedText(stored, NAME)).toEqual({ text: TEXT });
  expect(unzippedText(zipSync({ [NAME]: strToU8('') }), NAME)).toEqual({ text: '' });
});

it('gives a text that has bytes before and after it in memory', () => {
  const memory = Buffer.concat([Buffer.from('before'), ZIP, Buffer.from('after')]);

  expect(unzippedText(memory.subarray(6, 6 + ZIP.length), NAME)).toEqual({ text: TEXT });
});

it.each([
  ['too small a size', TEXT.length - 23, /does not inflate to the 22977 bytes that it declares/],
  ['no size', 0, /does not inflate to the 0 bytes that it declares/],
  ['too large a size', TEXT.length + 1, /is damaged: has 23000 bytes, declares 23001/],
  ['more than a month has', 2 ** 31, /declares 2147483648 bytes, more than the 67108864 allowed/],
])('refuses a file that declares %s', (_, bytes, reason) => {
  expect(problemIn(withNumber(SIZE, bytes))).toMatch(reason);
});

it('refuses a part that has the CRC-32 of that part: a cut file is not a short one', () => {
  const part = TEXT.slice(0, 230);
  const zip = withNumber(CRC, crc32(part), withNumber(SIZE, part.length));

  expect(problemIn(zip)).toMatch(/does not inflate to the 230 bytes/);
});

it('inflates no more than is declared: a small zip file may be huge inside', () => {
  const bomb = zipSync({ [NAME]: new Uint8Array(16 * 1024 * 1024) }, { level: 1 });

  expect(problemIn(withNumber(SIZE, 1_000, bomb))).toMatch(/does not inflate to the 1000 bytes/);
});

it('refuses a file whose CRC-32 is another', () => {
  expect(problemIn(withNumber(CRC, 1))).toBe('is damaged: its CRC-32 is wrong');
});

it('refuses two files, even if one has the name', () => {
  const two = zipSync({ [NAME]: strToU8(TEXT), 'other.csv': strToU8(TEXT) });

  expect(problemIn(two)).toBe('has 2 files in it, expected one');
});

it('refuses a compression that it does not know', () => {
  const lzma = Buffer.from(ZIP);
  lzma.writeUInt16LE(14, lzma.indexOf('PK\u0001\u0002') + METHOD);

  expect(problemIn(lzma)).toBe('has the unknown compression 14');
});

it('refuses a file that is cut anywhere', () => {
  for (let length = 0; length < ZIP.length; length++) {
    expect(problemIn(ZIP.slice(0, length))).toBeDefined();
  }
});

it('refuses a file whose content has lost a byte', () => {
  const centralStart = Buffer.from(ZIP).indexOf('PK\u0001\u0002');
  for (let lost = 0; lost < centralStart; lost++) {
    const rest = Buffer.concat([ZIP.slice(0, lost), ZIP.slice(lost + 1)]);
    expect(problemIn(rest)).toBe('is damaged: a header is not where it belongs');
  }
});
