import { parser } from '@prometheus-io/lezer-promql';

/** What a query reads. */
export interface QueryReads {
  readonly metrics: readonly string[];
  /** In selectors and in `by (…)`. */
  readonly labels: readonly string[];
  /** Where it is no PromQL: the text from there on. */
  readonly faults: readonly string[];
}

/** Takes a query apart; Grafana's variables stand for durations. */
export function readQuery(query: string): QueryReads {
  const text = query.replaceAll('$__rate_interval', '5m');
  const metrics: string[] = [];
  const labels: string[] = [];
  const faults: string[] = [];
  parser.parse(text).iterate({
    enter(node) {
      const found = text.slice(node.from, node.to);
      if (node.type.isError) faults.push(text.slice(node.from));
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') metrics.push(found);
      if (node.name === 'LabelName') labels.push(found);
    },
  });
  return { metrics, labels, faults };
}
