import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Compiles `src` to the JavaScript that is published: type stripping does not reach into node_modules. */
function build(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  rmSync(`${root}dist`, { recursive: true, force: true });
  const compiler = fileURLToPath(import.meta.resolve('typescript/package.json')).replace('package.json', 'bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  chmodSync(`${root}dist/cli/main.js`, 0o755);
}

build();
