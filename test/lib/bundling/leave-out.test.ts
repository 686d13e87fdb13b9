import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { leaveOut } from '../../../lib/bundling/leave-out';
import { LEFT_OUT, type LeftOutModule } from '../../../lib/bundling/left-out-modules';
import { nameDriverErrors } from '../../../lib/bundling/name-driver-errors';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leave-out-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Bundles `entry.js` of the folder, and gives what it exports. */
async function load(modules: readonly LeftOutModule[], resolveDir = folder): Promise<unknown> {
  const outfile = join(folder, 'out.js');
  await build({
    entryPoints: [join(resolveDir, 'entry.js')],
    outfile,
    bundle: true,
    platform: 'node',
    minify: true,
    plugins: [leaveOut(modules), nameDriverErrors],
  });
  return createRequire(outfile)(outfile) as unknown;
}

describe('leaving out', () => {
  const OTHER = { path: 'library/other/', because: 'it is not used' };

  it('keeps what is not on the list', async () => {
    write('node_modules/library/index.js', `exports.answer = () => 42;`);
    write('entry.js', `module.exports = require('library').answer();`);
    expect(await load([OTHER])).toBe(42);
  });

  it('loads a stand-in that names can be taken of, and that throws on use', async () => {
    write('node_modules/library/other/index.js', `exports.Other = class { heavy() {} };`);
    write(
      'entry.js',
      `const { Other } = require('library/other');
       class Sub extends Other {}
       exports.isOther = ({}) instanceof Other;
       exports.construct = () => new Other();
       exports.sub = () => new Sub();
       exports.call = () => Other.make();`,
    );
    const loaded = (await load([OTHER])) as Record<string, () => unknown>;
    expect(loaded['isOther']).toBe(false);
    expect(loaded['construct']).toThrow('library/other/index.js.Other is left out of this bundle');
    expect(loaded['sub']).toThrow('library/other/index.js.Other is left out of this bundle');
    expect(loaded['call']).toThrow('library/other/index.js.Other.make is left out of this bundle');
  });

  it('puts something else in its place where that is given', async () => {
    write('node_modules/library/other/index.js', `exports.size = 'large';`);
    write('entry.js', `module.exports = require('library/other').size;`);
    expect(await load([{ ...OTHER, instead: `exports.size = 'small';` }])).toBe('small');
  });

  it('takes a path without a slash at its end for that file alone', async () => {
    write('node_modules/library/a.js', `module.exports = 'a';`);
    write('node_modules/library/a.json', `"json"`);
    write('entry.js', `module.exports = [require('library/a.js'), require('library/a.json')];`);
    const instead = `module.exports = 'left out';`;
    const loaded = await load([{ path: 'library/a.js', because: 'a test', instead }]);
    expect(loaded).toEqual(['left out', 'json']);
  });
});

describe('the list of what is left out', () => {
  it.each(LEFT_OUT.map(({ path }) => path))('names what there is: %s', (path) => {
    expect(existsSync(join(__dirname, '../../../node_modules', path))).toBe(true);
  });
});

describe('the errors of the driver', () => {
  it('keep their names when they are minified', async () => {
    write(
      'node_modules/cassandra-driver/lib/errors.js',
      `class TimedOut extends Error {} exports.TimedOut = TimedOut;`,
    );
    write(
      'entry.js',
      `module.exports = new (require('cassandra-driver/lib/errors').TimedOut)().constructor.name;`,
    );
    expect(await load([])).toBe('TimedOut');
  });
});
