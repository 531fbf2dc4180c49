import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What to do where there is no config yet: the file to copy, and the variables it needs. */
export function firstStartAdvice(): string {
  const example = fileURLToPath(new URL('../../config.example.yaml', import.meta.url));
  const settings = readFileSync(example, 'utf8').replace(/^\s*#.*$/gm, '');
  const needed = new Set([...settings.matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]*)\}/g)].map(([, name]) => name));
  return [
    'Copy the example, which explains every setting:',
    `    cp ${relative(process.cwd(), example)} config.yaml`,
    'Then set these variables, and start again:',
    ...[...needed].map((name) => `    export ${name}=…`),
  ].join('\n');
}
