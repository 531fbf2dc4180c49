import { createHash } from 'node:crypto';
import type { RuleSet } from '../core/rule-set.ts';
import type { MappingSourceFile } from '../mapping/compile.ts';
import type { Logger } from '../ports/logger.ts';
import { readMappingFiles } from './mapping-files.ts';
import { type LoadedRules, type LoadTools, loadRules } from './rules.ts';

/** The rule set in force: built beside the old one, then swapped by one reference. */
export interface LiveRules {
  current(): RuleSet;
  /**
   * Loads the files when their content changed and has held still since the last call; a folder being rewritten is
   * left alone until it rests. Returns whether it loaded.
   */
  refresh(): Promise<boolean>;
}

/** What live rules need. */
export interface LiveRulesTools extends LoadTools {
  readonly dir: string;
  readonly log: Logger;
}

/** Reads and loads the mappings. Throws `MAPPING_UNREADABLE` when the folder cannot be read. */
export async function startLiveRules(tools: LiveRulesTools): Promise<LiveRules> {
  const files = await readMappingFiles(tools.dir);
  let ruleSet = await load(files, tools);
  let loaded = contentHash(files);
  let seen = loaded;
  return {
    current: () => ruleSet,
    async refresh() {
      const found = await readMappingFiles(tools.dir);
      const hash = contentHash(found);
      const resting = hash === seen;
      seen = hash;
      if (hash === loaded || !resting) return false;
      ruleSet = await load(found, tools);
      loaded = hash;
      return true;
    },
  };
}

async function load(files: readonly MappingSourceFile[], tools: LiveRulesTools): Promise<RuleSet> {
  const rules = await loadRules(files, tools);
  report(rules, tools.log);
  return rules.ruleSet;
}

function report({ ruleSet, lints, keptOld, refused }: LoadedRules, log: Logger): void {
  for (const { file, line, column, severity, code, message } of lints) {
    const place = { stage: 'mapping', code, file, line, column };
    if (severity === 'error') log.error(place, message);
    else log.warn(place, message);
  }
  for (const file of keptOld) log.warn({ stage: 'mapping', file }, 'refused; its last good text stays in force');
  for (const file of refused)
    log.error({ stage: 'mapping', file }, 'refused; no good text of it is known, so it does nothing');
  log.info({ stage: 'mapping', n: ruleSet.mappings.length }, 'mappings loaded');
}

function contentHash(files: readonly MappingSourceFile[]): string {
  const hash = createHash('sha256');
  for (const { file, bytes } of files) hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  return hash.digest('hex');
}
