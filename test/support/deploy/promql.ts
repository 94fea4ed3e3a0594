/** The parts of a PromQL expression: metrics with their label matchers, and the labels that it groups by. */
import { parser } from '@prometheus-io/lezer-promql';

export interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

export interface Query {
  selectors: Selector[];
  grouping: string[];
}

/** @throws Error if the expression is not valid PromQL */
export function parsePromql(expression: string): Query {
  const query: Query = { selectors: [], grouping: [] };
  parser.parse(expression).iterate({
    enter({ node, type, from, to }) {
      if (type.isError) throw new Error(`No PromQL at ${from}: ${expression}`);
      const text = expression.slice(from, to);
      const textOf = (child: string) => {
        const found = node.getChild(child);
        return found ? expression.slice(found.from, found.to) : '';
      };
      const last = query.selectors.at(-1);
      if (type.name === 'VectorSelector') {
        query.selectors.push({ metric: textOf('Identifier'), matchers: [] });
      } else if (type.name === 'UnquotedLabelMatcher') {
        const value = textOf('StringLiteral').slice(1, -1);
        last?.matchers.push({ label: textOf('LabelName'), operator: textOf('MatchOp'), value });
      } else if (type.name === 'LabelName' && node.parent?.name === 'GroupingLabels') {
        query.grouping.push(text);
      }
    },
  });
  return query;
}
