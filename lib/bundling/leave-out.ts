import { sep } from 'node:path';
import type { Plugin } from 'esbuild';
import type { LeftOutModule } from './left-out-modules';

const STAND_IN = 'candlestream:stand-in';

/**
 * A stand-in for a module: each property is another stand-in, so that names can
 * be imported and used with `instanceof` or `extends`; it throws when it is
 * called or constructed.
 */
const STAND_IN_SOURCE = `
module.exports = function standIn(name) {
  const fail = () => {
    throw new Error(name + ' is left out of this bundle: take it off the list in lib/bundling/left-out-modules.ts to use it');
  };
  return new Proxy(function () {}, {
    get: (target, key) =>
      key in target || typeof key === 'symbol' ? target[key] : standIn(name + '.' + key),
    apply: fail,
    construct: fail,
  });
};`;

/** An esbuild plugin that replaces modules of `node_modules/` which the bundled code never uses. */
export function leaveOut(modules: readonly LeftOutModule[]): Plugin {
  return {
    name: 'leave-out',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${STAND_IN}$`) }, ({ path }) => ({
        path,
        namespace: STAND_IN,
      }));
      build.onLoad({ filter: /.*/, namespace: STAND_IN }, () => ({ contents: STAND_IN_SOURCE }));
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.js(on)?$/ }, ({ path }) => {
        const name = belowNodeModules(path);
        const module = modules.find((candidate) => holds(candidate, name));
        return module && { contents: module.instead ?? standInFor(name) };
      });
    },
  };
}

function belowNodeModules(path: string): string {
  const parts = path.split(sep);
  return parts.slice(parts.lastIndexOf('node_modules') + 1).join('/');
}

function holds(module: LeftOutModule, name: string): boolean {
  return module.path.endsWith('/') ? name.startsWith(module.path) : name === module.path;
}

function standInFor(name: string): string {
  return `module.exports = require('${STAND_IN}')(${JSON.stringify(name)});`;
}
