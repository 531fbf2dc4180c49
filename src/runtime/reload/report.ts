import type { Lint } from '../../core/lint.ts';
import type { ConfigReceipt, FileReceipt, ReceiptDetail } from '../../core/receipt.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Receipt } from '../../ports/store.ts';

/** The receipt of a load, to be stored. */
export function receiptOf(detail: ReceiptDetail, startedAtMs: number, endedAtMs: number): Receipt {
  return {
    atMs: startedAtMs,
    outcome: outcomeOf(detail),
    durationMs: endedAtMs - startedAtMs,
    detail: JSON.stringify(detail),
  };
}

/** Says in the log what a load did: each finding, what goes on as before, what waits for a restart. */
export function reportLoad(detail: ReceiptDetail, { outcome, durationMs: ms }: Receipt, log: Logger): void {
  if (detail.config) reportConfig(detail.config, log);
  for (const file of detail.files) reportFile(file, log);
  const { trigger, mappings: n, tests, valid } = detail;
  log.info({ stage: 'reload', trigger, outcome, n, tests, valid, ms }, 'mappings loaded');
}

/** A start that runs anything is no refusal. */
function outcomeOf({ trigger, config, files, mappings }: ReceiptDetail): Receipt['outcome'] {
  const outcomes = [...files.map(({ outcome }) => outcome), ...(config ? [config.outcome] : [])];
  if (!outcomes.includes('refused')) return 'accepted';
  const anyGood = outcomes.some((outcome) => outcome !== 'refused') || (trigger === 'start' && mappings > 0);
  return anyGood ? 'partly' : 'refused';
}

function reportConfig({ outcome, needsRestart, lints }: ConfigReceipt, log: Logger): void {
  reportLints(lints, 'config', log);
  if (outcome === 'refused') log.error({ stage: 'config' }, 'the config is refused; the old one stays in force');
  for (const setting of needsRestart)
    log.warn({ stage: 'config', setting }, `a change of ${setting} needs a restart: the old one stays in force`);
}

function reportFile({ file, outcome, before, after, lints }: FileReceipt, log: Logger): void {
  reportLints(lints, 'mapping', log);
  if (outcome !== 'refused') return;
  if (after.length > 0) log.warn({ stage: 'mapping', file }, 'refused; its last good text stays in force');
  else if (before.length > 0) log.error({ stage: 'mapping', file }, 'refused; what ran of it cannot run any more');
  else log.error({ stage: 'mapping', file }, 'refused; no good text of it is known, so it does nothing');
}

function reportLints(lints: readonly Lint[], stage: string, log: Logger): void {
  for (const { file, line, column, severity, code, message } of lints) {
    const place = { stage, code, file, line, column };
    if (severity === 'error') log.error(place, message);
    else log.warn(place, message);
  }
}
