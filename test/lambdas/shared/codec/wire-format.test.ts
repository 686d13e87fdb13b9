import {
  frame,
  unframe,
  uuidBytes,
  WireFormatError,
} from '../../../../lambdas/shared/codec/wire-format';

const UUID = '6f1d5a2c-93b0-4e7f-8a01-fedcba987654';

describe('the wire format', () => {
  it('is 3, 0, the 16 bytes of the version id, the body', () => {
    const framed = frame(uuidBytes(UUID), Buffer.from([0xaa, 0xbb]));

    expect(framed.toString('hex')).toBe('0300' + '6f1d5a2c93b04e7f8a01fedcba987654' + 'aabb');
  });

  it('is undone by unframe', () => {
    const { versionId, body } = unframe(frame(uuidBytes(UUID.toUpperCase()), Buffer.from('body')));

    expect(versionId).toBe('6f1d5a2c93b04e7f8a01fedcba987654');
    expect(body.toString()).toBe('body');
  });

  it('can have an empty body', () => {
    expect(unframe(frame(uuidBytes(UUID), Buffer.alloc(0))).body).toHaveLength(0);
  });

  it.each([
    ['nothing', '', 'A record of 0 bytes is shorter than its header'],
    ['half a header', '0300aabb', 'A record of 4 bytes is shorter'],
    ['another header byte', '02' + '00'.repeat(17), 'The header byte is 2, expected 3'],
    ['compression', '0305' + '00'.repeat(16), 'The compression byte is 5, expected 0'],
  ])('refuses %s', (_, hex, message) => {
    const read = () => unframe(Buffer.from(hex, 'hex'));

    expect(read).toThrow(WireFormatError);
    expect(read).toThrow(message);
  });
});

describe('uuidBytes', () => {
  it.each(['', 'candles', UUID.slice(1), `${UUID}0`, UUID.replaceAll('-', '')])(
    'refuses %j',
    (text) => {
      expect(() => uuidBytes(text)).toThrow(`Not a schema version id: ${JSON.stringify(text)}`);
    },
  );
});
