import { hasErrors, type Lint } from '../core/lint.ts';
import { buildConfig } from './build.ts';
import { crossChecks } from './checks.ts';
import type { Config } from './config.ts';
import { readDocument } from './document.ts';
import { type Fault, lintsOf } from './fault.ts';
import { findingsOf } from './findings.ts';
import { createResolver, type ReferenceSources } from './references.ts';
import { type Settings, settingsOf } from './settings.ts';
import { shownConfig } from './show.ts';
import { type Validated, validate } from './validate.ts';

/** A config file's text and all it may refer to. */
export interface ConfigInput extends ReferenceSources {
  /** The file's name, as lints show it. */
  readonly file: string;
  readonly text: string;
  /** Where the file lies: relative paths start here. */
  readonly baseDir: string;
  /** `placeholder` = a reference that stands for nothing is no error: offline commands need no secrets. */
  readonly unresolved: 'error' | 'placeholder';
}

/** The configuration, or every reason why there is none. */
export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      /** Warnings only. */
      readonly lints: readonly Lint[];
      /** The effective configuration as YAML, secrets masked. */
      readonly shown: string;
    }
  | { readonly ok: false; readonly lints: readonly Lint[] };

/** Loads a configuration: YAML, then references in its values, then the schema with its defaults. Never throws. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const text = input.text.replace(/^\uFEFF/, '');
  const document = readDocument(text);
  if (!document.ok) return { ok: false, lints: lintsOf(document.faults, input.file, text) };
  const settings = settingsOf(document.root, createResolver(input));
  const validated = validate(settings.value);
  const faults = [...missesOf(settings, input.unresolved), ...faultsOf(validated, settings)];
  const lints = lintsOf(faults, input.file, text);
  if (!validated.ok || hasErrors(lints)) return { ok: false, lints };
  return {
    ok: true,
    config: buildConfig(validated.raw, input.baseDir),
    lints,
    shown: shownConfig(validated.raw, settings),
  };
}

/** References that are no references are wrong in either case. */
function missesOf({ faults }: Settings, unresolved: ConfigInput['unresolved']): readonly Fault[] {
  return unresolved === 'error' ? faults : faults.filter((fault) => fault.code !== 'CONFIG_UNRESOLVED');
}

function faultsOf(validated: Validated, settings: Settings): readonly Fault[] {
  return validated.ok ? crossChecks(validated.raw, settings) : findingsOf(validated.errors, settings);
}
