import type { BloomreachConfig, Config } from '../../src/config/config.ts';
import { type ConfigInput, type LoadedConfig, loadConfig } from '../../src/config/load.ts';

/** The smallest config that loads, without references. */
export const SMALLEST = `sources:
  open-loyalty:
    type: open-loyalty
    verify: none
destinations:
  bloomreach:
    type: bloomreach
    projectToken: p
    apiKeyId: k
    apiSecret: s
`;

/** Loads a text in a world without variables and files, but for these. */
export function load(text: string, world: Partial<ConfigInput> = {}): LoadedConfig {
  return loadConfig({
    file: 'config.yaml',
    text,
    baseDir: '/etc/pointsman',
    env: {},
    readSecretFile: () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
    unresolved: 'error',
    ...world,
  });
}

/** Its findings as an operator sees them. */
export function findings(loaded: LoadedConfig): readonly string[] {
  return loaded.lints.map(({ line, column, severity, code, message }) => {
    return `${line}:${column} ${severity === 'error' ? '' : `${severity} `}${code} ${message}`;
  });
}

/** The Bloomreach of a config that has one. */
export function bloomreachOf(config: Config): BloomreachConfig {
  const found = config.destinations.get('bloomreach');
  if (found?.type !== 'bloomreach') throw new Error('no bloomreach');
  return found;
}

/** The config of a text that must load. */
export function configOf(loaded: LoadedConfig) {
  if (!loaded.ok) throw new Error(findings(loaded).join('\n'));
  return loaded.config;
}
